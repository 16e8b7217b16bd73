public import ArgumentParser
import Foundation
import ServiceKit

/// Writes a line to standard error, control characters as `\u001b`.
public func writeError(_ line: String) {
    FileHandle.standardError.write(Data("\(ForeignText.visible(line, lines: true))\n".utf8))
}

extension ExitCode {
    /// A status with the reason, which is written to standard error. Throwing it ends the program.
    public static func error(_ reason: String, _ status: Int32) -> ExitCode {
        writeError("error: \(reason)")
        return ExitCode(status)
    }
}
