import Foundation
import Support
import Testing

extension SystemTests {
    @Suite("What a year of the association publishes")
    struct CapturedScenarioTests {
        @Test func `Every message of a small reference scenario keeps the contract`() throws {
            let deployment = try Deployment("captured")
            for service in ["registry", "funding", "events", "reporting"] {
                _ = try deployment.start(service)
            }
            let capture = try Capture(deployment)
            let scenario = deployment.directory.appending(path: "scenario").path
            let made = try deployment.run(
                "scenario", ["generate", "--households", "1000", "--out", scenario], [:])
            #expect(made.status == 0, "\(made.error)")
            for file in try FileManager.default.contentsOfDirectory(atPath: scenario)
            where file.hasSuffix(".ndjson") {
                let checked = try deployment.tool(["validate", "\(scenario)/\(file)"])
                #expect(checked.status == 0, "\(file): \(checked.output.prefix(1_000))")
            }
            let played = try deployment.run(
                "scenario", ["play", scenario], deployment.toolEnvironment())
            #expect(played.status == 0, "\(played.error.suffix(2_000))")
            try capture.expectContract(atLeast: 5_000)
        }
    }
}
