import Foundation
import Messages
import Support
import Testing

@testable import Events
@testable import Funding
@testable import Registry
@testable import Reporting
@testable import ServiceKit

/// Rules for every command and query of every service, including future ones.
@Suite struct MalformedCommandTests {
    enum Service: CaseIterable {
        case registry, funding, events, reporting

        func definition() throws -> ServiceDefinition {
            switch self {
            case .registry:
                try Registry.definition(
                    Keyring(
                        RegistryKey(hexadecimal: String(repeating: "0123456789abcdef", count: 4))))
            case .funding: Funding.definition
            case .events: Events.definition
            case .reporting: Reporting.definition
            }
        }

        var commands: [any Command.Type] {
            switch self {
            case .registry: Catalogue.registryCommands
            case .funding: Catalogue.fundingCommands
            case .events: Catalogue.eventsCommands
            case .reporting: Catalogue.reportingCommands
            }
        }
    }

    private func body(_ type: String, _ data: String) -> [UInt8] {
        Array(
            """
            {"specversion":"1.0","id":"\(UUID().uuidString)","source":"test","type":"\(type)",
            "time":"\(Timestamp.now())","data":\(data)}
            """.utf8)
    }

    /// All in one batch, so that none stops another.
    @Test(arguments: Service.allCases)
    func `a command without its fields is refused, and the first one named`(
        service: Service
    ) throws {
        let bench = try ServiceBench(service.definition())
        for type in service.commands.map({ $0.type }) {
            let answers = try bench.deliver(
                raw: [body(type, "{}"), body(type, "[]"), body(type, "{}")], type: type)
            #expect(answers.map(\.status) == ["rejected", "rejected", "rejected"], "\(type)")
            #expect(
                answers.map(\.code) == ["missing_field", "mistyped_field", "missing_field"],
                "\(type)")
            #expect(answers.first?.pointer?.hasPrefix("/data/") == true, "\(type)")
        }
        #expect(bench.facts.isEmpty)
    }
}
