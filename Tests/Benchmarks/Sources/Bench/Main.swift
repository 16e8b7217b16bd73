import ArgumentParser
import Foundation

/// Measures Nuanxin on the private servers that `deploy/bench` has started.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy/bench",
        abstract: "Measure Nuanxin beside a ceiling measured in the same run.",
        subcommands: [
            Throughput.self, Latency.self, Import.self, Enrolment.self, Rebuild.self,
            Dashboard.self, Protection.self, Codec.self,
        ])
}

struct Output: ParsableArguments {
    @Flag(help: "Print one JSON object a line.")
    var json = false

    /// Prints one result: a name and its figures, each with its unit in its name.
    func print(_ name: String, _ figures: KeyValuePairs<String, Double>) {
        if json {
            let fields = figures.map { "\"\($0.key)\":\(Self.number($0.value))" }
            Swift.print("{\"bench\":\"\(name)\",\(fields.joined(separator: ","))}")
        } else {
            let fields = figures.map { "\($0.key) \(Self.number($0.value))" }
            Swift.print("\(name): \(fields.joined(separator: ", "))")
        }
        fflush(nil)
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(format: "%.3f", value)
    }

    /// Progress, for people; results stay alone on standard output.
    func note(_ text: String) {
        FileHandle.standardError.write(Data("  \(text)\n".utf8))
    }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start).seconds
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
