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
        error(ToolWords(reason, reason), status, in: .en)
    }

    /// The same in the language of whoever reads it.
    public static func error(
        _ reason: ToolWords, _ status: Int32, in language: ToolLanguage
    ) -> ExitCode {
        writeError(ToolWords("错误：", "error: ")[language] + reason[language])
        return ExitCode(status)
    }
}
