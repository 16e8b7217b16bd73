internal import Foundation
public import Logging
internal import Messages

/// Writes each log entry as one JSON object a line to standard error.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    private let service: String

    private struct Line: Encodable {
        let time: String
        let level: String
        let service: String
        let message: String
        let metadata: [String: String]?
    }

    public init(service: String, level: Logger.Level) {
        self.service = service
        logLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let line = Line(
            time: Timestamp.now().description, level: event.level.rawValue, service: service,
            message: event.message.description,
            metadata: all.isEmpty ? nil : all.mapValues { "\($0)" })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var bytes = try? encoder.encode(line) else { return }
        bytes.append(0x0A)
        // One write keeps lines of several threads whole.
        try? FileHandle.standardError.write(contentsOf: bytes)
    }
}
