public import ArgumentParser
import Foundation

/// Writes a line to standard error.
public func writeError(_ line: String) {
    FileHandle.standardError.write(Data("\(line)\n".utf8))
}

extension ExitCode {
    /// A status with the reason, which is written to standard error. Throwing it ends the program.
    public static func error(_ reason: String, _ status: Int32) -> ExitCode {
        writeError("error: \(reason)")
        return ExitCode(status)
    }
}
