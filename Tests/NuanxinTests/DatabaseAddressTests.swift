import ServiceKit
import Testing

@testable import Nuanxin

@Suite("Addresses for PostgreSQL's own programs")
struct DatabaseAddressTests {
    @Test(arguments: [
        (
            "postgresql://registry:4f%40c@db:5432/registry",
            "postgresql://registry@db:5432/registry",
            "4f@c" as String?
        ),
        (
            "postgresql://a:b@one:5432,two:5433/x?target_session_attrs=read-write",
            "postgresql://a@one:5432,two:5433/x?target_session_attrs=read-write", "b"
        ),
        ("postgresql://a@one/x", "postgresql://a@one/x", nil),
        ("postgresql://one/x", "postgresql://one/x", nil),
    ])
    func `The password is taken out of what everybody can read`(
        url: String, publicURL: String, password: String?
    ) throws {
        let address = try DatabaseAddress(url)
        #expect(address.publicURL == publicURL)
        #expect(address.password == password)
    }

    @Test func `A password behind the question mark is refused without being repeated`() {
        let problem = #expect(throws: Settings.Problem.self) {
            try DatabaseAddress("postgresql://one/x?user=a&password=4f0c")
        }
        #expect(problem?.description.contains("4f0c") == false)
    }
}
