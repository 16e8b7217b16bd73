import Foundation
import Support
import Testing

@testable import Events
@testable import Funding
@testable import ServiceKit

@Suite("Columns for free text")
struct FreeTextColumnTests {
    /// Codes that a rule gives, not words that somebody wrote.
    private static let codes = ["enrolment_line.reason"]

    @Test func `Funding and events have none: free texts are stored by unit.keep`() {
        let migrations = Funding.definition.migrations + Events.definition.migrations
        var found: [String] = []
        for migration in migrations {
            var table = ""
            for line in migration.sql.split(separator: "\n") {
                if let match = line.firstMatch(of: /CREATE TABLE ([a-z_]+)/) {
                    table = String(match.output.1)
                } else if let match = line.firstMatch(
                    of: /^\s*([a-z_]*(?:reason|note|remark|comment|refusal|description))\s+text\b/)
                {
                    found.append("\(table).\(match.output.1)")
                }
            }
        }
        #expect(found == Self.codes)
    }
}
