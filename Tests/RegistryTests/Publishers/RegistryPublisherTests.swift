import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryPublisherTests {
    private let bench: HandlerBench

    init() throws { bench = HandlerBench(try RegistrySamples.definition()) }

    private func grant(
        _ publisher: String = "subdistrict", types: [String] = ["registry.household.*"]
    ) throws -> GrantPublisher {
        GrantPublisher(
            publisher: publisher, territories: [try RegistrySamples.territory("350203007")],
            types: types)
    }

    @Test func `a grant is kept and published`() throws {
        let outcome = try bench.handle(grant(types: ["registry.household.*", "events.*"]))
        #expect(outcome.fact(PublisherGranted.self)?.types.count == 2)
        #expect(outcome.emissions.first?.subject == "subdistrict")
        let row = try bench.unit.find(PublisherGrant.self, "subdistrict")
        #expect(row?.types == "registry.household.* events.*")
        #expect(row?.territories == "350203007")
        #expect(row?.isGranted == true)
        #expect(bench.source.loads == 0)
    }

    @Test func `a later grant replaces the earlier one and is counted`() throws {
        try bench.handle(grant())
        let outcome = try bench.handle(grant(types: ["events.*"]))
        #expect(outcome.emissions.first?.sequence == 2)
        #expect(try bench.unit.find(PublisherGrant.self, "subdistrict")?.types == "events.*")
    }

    @Test func `only the operator grants and revokes`() throws {
        try bench.handle(grant())
        let scope = [try RegistrySamples.territory("35")]
        expectRefusal(
            try bench.handle(grant("friend"), publisher: "subdistrict", territories: scope),
            "out_of_scope", at: "/publisher")
        expectRefusal(
            try bench.handle(
                RevokePublisher(publisher: "subdistrict"), publisher: "subdistrict",
                territories: scope),
            "out_of_scope", at: "/publisher")
    }

    @Test func `a revoked publisher may send nothing until it is granted something again`() throws {
        try bench.handle(grant())
        let revoked = try bench.handle(RevokePublisher(publisher: "subdistrict"))
        #expect(revoked.fact(PublisherRevoked.self)?.publisher == "subdistrict")
        #expect(try bench.unit.find(PublisherGrant.self, "subdistrict")?.isGranted == false)
        #expect(try bench.handle(grant()).emissions.first?.sequence == 3)
    }

    @Test func `a publisher who was granted nothing is not revoked`() throws {
        expectRefusal(
            try bench.handle(RevokePublisher(publisher: "nobody")), "publisher_not_granted",
            at: "/publisher")
        try bench.handle(grant())
        try bench.handle(RevokePublisher(publisher: "subdistrict"))
        expectRefusal(
            try bench.handle(RevokePublisher(publisher: "subdistrict")), "publisher_not_granted",
            at: "/publisher")
    }

    @Test(arguments: ["", ".*", "events..x", "Events.*", "two words", "events.*.v1", "#", "a."])
    func `a pattern that matches no type as it stands is refused`(pattern: String) throws {
        expectRefusal(
            try bench.handle(grant(types: ["events.*", pattern])), "invalid_type_pattern",
            at: "/types/1")
    }

    @Test(arguments: ["*", "events.*", "events.session.*", "funding.loan.write_off.v1"])
    func `whole names and beginnings of types are granted`(pattern: String) throws {
        #expect(try bench.handle(grant(types: [pattern])).isAccepted)
    }

    @Test(arguments: ["two words", "a.b", "#", "UPPER"])
    func `a name that cannot stand in a routing key is refused`(name: String) throws {
        expectRefusal(try bench.handle(grant(name)), "invalid_publisher", at: "/publisher")
    }
}
