import Testing

@testable import Nuanxin

@Suite("What a support bundle leaves out")
struct RedactionTests {
    private let redact = Redaction(secrets: ["correct-horse", "abc"])

    @Test(arguments: [
        ("11010519491231002X lives", "[resident id] lives"),
        ("id=110105194912310020;", "id=[resident id];"),
        ("130503670401001", "[resident id]"), ("810000197001010028", "[resident id]"),
        ("H12345678 and E12345678", "[paper] and [paper]"), ("USA350203700101", "[paper]"),
        ("\"phone\":\"13950000001\"", "\"phone\":\"[telephone]\""),
        ("+86 139-5000-0001", "[telephone]"), ("call 0592-5551234", "call [telephone]"),
        ("陈小明 and 阿卜杜拉·买买提 came", "[Chinese] and [Chinese] came"),
        ("amqp://bank:pa%2Fss@host:5672/", "amqp://[login]@host:5672/"),
        ("write to a.b@example.org", "write to [address]"),
        ("a correct-horse b", "a [secret] b"),
    ])
    func `Persons and secrets are taken out`(text: String, expected: String) {
        #expect(redact(text) == expected)
    }

    @Test(arguments: [
        "2026-11-27T14:15:30.123Z", "1764252930123456", "abc", "registry.person.register.v1",
        "postgresql://registry@127.0.0.1:5432/registry", "0190c0de-0000-7000-8000-000000000001",
        "table  1234567890  12 MB", "[+] worker 0 database",
    ])
    func `What a helper needs stays`(text: String) {
        #expect(redact(text) == text)
    }
}
