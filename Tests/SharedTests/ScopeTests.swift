import Foundation
import Messages
import Support
import Testing

@testable import ServiceKit

@Suite("What a publisher may send")
struct ScopeTests {
    private let bench: ServiceBench
    private let publisher = "kiosk"

    init() throws { bench = try ServiceBench(ToyService.definition) }

    private func grant(
        _ types: [String], _ territories: [String] = ["350203"], sequence: Int64 = 1
    ) throws {
        try bench.take(
            PublisherGranted(
                publisher: publisher, territories: territories.compactMap(TerritoryCode.init),
                types: types),
            subject: UUID(), sequence: sequence)
    }

    private func send(_ territory: String = "350203") throws -> ServiceBench.Answered {
        let donation = Sample.donation(territory: Sample.value(TerritoryCode(territory)))
        return try bench.decide(donation, publisher: publisher)
    }

    private func expectRefused(
        _ answer: ServiceBench.Answered, at pointer: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(answer.status == "rejected", sourceLocation: sourceLocation)
        #expect(answer.code == "out_of_scope", sourceLocation: sourceLocation)
        #expect(answer.pointer == pointer, sourceLocation: sourceLocation)
        #expect(try bench.count(of: "toy_effect") == 0, sourceLocation: sourceLocation)
    }

    @Test func `Nothing without a grant`() throws {
        try expectRefused(send(), at: "/type")
    }

    @Test func `Not a type that was not granted`() throws {
        try grant(["funding.loan.*", "events.*", "funding.donation.receive.v2"])
        try expectRefused(send(), at: "/type")
    }

    @Test(arguments: ["*", "funding.*", "funding.donation.*", "funding.donation.receive.v1"])
    func `A type that was granted by name or by its beginning`(pattern: String) throws {
        try grant([pattern])
        #expect(try send().status == "accepted")
    }

    @Test(arguments: [
        (["registry.*", "registry.person.*", "registry.person.get.*"], false),
        (["registry.person.get.v1"], true), (["*"], true), (["registry.person.get.v2"], false),
    ])
    func `A query is granted by its whole name, or with everything`(
        types: [String], isGranted: Bool
    ) {
        let scope = Scope(types: types, territories: [])
        #expect(scope.allows(GetPerson.type, .reads) == isGranted)
    }

    @Test(arguments: [
        (["registry.*", "registry.person.*", "registry.person.erase.*", "*"], false),
        (["registry.person.erase.v1"], true),
    ])
    func `What cannot be undone is granted by its whole name alone`(
        types: [String], isGranted: Bool
    ) {
        let scope = Scope(types: types, territories: [])
        #expect(
            scope.allows(ErasePerson.type, SendingRight.of(ErasePerson.type).naming) == isGranted)
    }

    @Test func `A type that nobody has a right to is the operator's alone`() {
        let right = SendingRight.of("funding.loan.forgive.v1")
        #expect((right.extent, right.naming) == (.operatorOnly, .irreversible))
    }

    @Test func `A beginning ends at a dot`() throws {
        try grant(["fund.*", "funding.donation.rec"])
        try expectRefused(send(), at: "/type")
    }

    @Test(arguments: ["350204", "3502", "35", "350203001"])
    func `Not a territory that is outside of, or around, what was granted`(code: String) throws {
        try grant(["*"], ["350203002", "350205"])
        try expectRefused(send(code), at: "/data/territory")
    }

    @Test func `A territory inside of one that was granted`() throws {
        try grant(["*"], ["350205", "350203"])
        for code in ["350203", "350203001", "350203001002"] {
            #expect(try send(code).status == "accepted")
        }
    }

    @Test func `Nothing once it is revoked`() throws {
        try grant(["*"], sequence: 1)
        try bench.take(PublisherRevoked(publisher: publisher), subject: UUID(), sequence: 2)
        try expectRefused(send(), at: "/type")
    }

    @Test func `A grant that arrives after its revocation changes nothing`() throws {
        try bench.take(PublisherRevoked(publisher: publisher), subject: UUID(), sequence: 2)
        try grant(["*"], sequence: 1)
        try expectRefused(send(), at: "/type")
    }

    @Test func `A newer grant replaces the older one`() throws {
        try grant(["*"], sequence: 1)
        try grant(["events.*"], sequence: 2)
        try expectRefused(send(), at: "/type")
    }

    @Test func `The operator may send everything, and only the operator`() throws {
        #expect(try bench.decide(Sample.donation()).status == "accepted")
        #expect(try bench.decide(Sample.donation(), publisher: "Operator").code == "out_of_scope")
    }
}
