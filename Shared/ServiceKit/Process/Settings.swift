internal import Configuration
public import Foundation

/// The settings of all executables: environment variables `NUANXIN_*`, in one list, which `deploy/README.md` explains. A
/// secret may stand in a file instead, named by the same key with `_FILE`.
public struct Settings: Sendable {
    public enum Key: String, CaseIterable, Sendable {
        case amqpURL = "NUANXIN_AMQP_URL"
        case publisherURL = "NUANXIN_PUBLISHER_URL"
        case subscriberURL = "NUANXIN_SUBSCRIBER_URL"
        case managementURL = "NUANXIN_MANAGEMENT_URL"
        case registryDatabase = "NUANXIN_REGISTRY_DB"
        case fundingDatabase = "NUANXIN_FUNDING_DB"
        case eventsDatabase = "NUANXIN_EVENTS_DB"
        case reportingDatabase = "NUANXIN_REPORTING_DB"
        case migratorDatabase = "NUANXIN_MIGRATOR_DB"
        case registryOwnerDatabase = "NUANXIN_REGISTRY_OWNER_DB"
        case fundingOwnerDatabase = "NUANXIN_FUNDING_OWNER_DB"
        case eventsOwnerDatabase = "NUANXIN_EVENTS_OWNER_DB"
        case reportingOwnerDatabase = "NUANXIN_REPORTING_OWNER_DB"
        case scratchDatabase = "NUANXIN_SCRATCH_DB"
        case registryKey = "NUANXIN_REGISTRY_KEY"
        case registryOldKey = "NUANXIN_REGISTRY_OLD_KEY"
        case registrySecret = "NUANXIN_REGISTRY_SECRET"
        case fundingSecret = "NUANXIN_FUNDING_SECRET"
        case eventsSecret = "NUANXIN_EVENTS_SECRET"
        case reportingSecret = "NUANXIN_REPORTING_SECRET"
        case http = "NUANXIN_HTTP"
        case listen = "NUANXIN_LISTEN"
        case workers = "NUANXIN_WORKERS"
        case logLevel = "NUANXIN_LOG_LEVEL"
        case retrySeconds = "NUANXIN_RETRY_SECONDS"
        case inboxDays = "NUANXIN_INBOX_DAYS"
        case publisherRate = "NUANXIN_PUBLISHER_RATE"
        case bodyDays = "NUANXIN_BODY_DAYS"
        case textDays = "NUANXIN_TEXT_DAYS"
        case heartbeatSeconds = "NUANXIN_HEARTBEAT_SECONDS"
        case historyDays = "NUANXIN_HISTORY_DAYS"
        case editionSeconds = "NUANXIN_EDITION_SECONDS"
        case operatorName = "NUANXIN_OPERATOR"
        case contract = "NUANXIN_CONTRACT"
        case crashAt = "NUANXIN_CRASH_AT"
        case secretsDirectory = "NUANXIN_SECRETS_DIR"

        /// Whether the value may be given as a file, because it holds a secret.
        public var isSecret: Bool {
            switch self {
            case .amqpURL, .publisherURL, .subscriberURL, .managementURL, .registryDatabase,
                .fundingDatabase,
                .eventsDatabase, .reportingDatabase, .migratorDatabase, .registryOwnerDatabase,
                .fundingOwnerDatabase, .eventsOwnerDatabase, .reportingOwnerDatabase,
                .scratchDatabase, .registryKey, .registryOldKey, .registrySecret, .fundingSecret,
                .eventsSecret, .reportingSecret:
                true
            default: false
            }
        }
    }

    /// A setting that stops the start, with what would be right.
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
        public init(_ description: String) { self.description = description }
    }

    private let reader: ConfigReader

    /// Reads the environment.
    /// - Throws: `Problem` for a `NUANXIN_*` variable that no executable knows.
    public init(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        try Self.refuseUnknown(environment.keys)
        reader = ConfigReader(
            provider: EnvironmentVariablesProvider(environmentVariables: environment))
    }

    /// The value of a key, or of the file that its `_FILE` twin names; nil if neither is set.
    /// - Throws: `Problem` for a secret that is a placeholder: what stands in an example must not go into service.
    public func optional(_ key: Key) throws -> String? {
        let text = try text(key)
        if key.isSecret, let text, let fault = Placeholder.fault(in: text) {
            throw Problem("\(key.rawValue): \(fault); `nuanxin init` makes secrets")
        }
        return text
    }

    private func text(_ key: Key) throws -> String? {
        let direct = value(key.rawValue)
        let file = key.isSecret ? value(key.rawValue + "_FILE") : nil
        switch (direct, file) {
        case (nil, nil): return nil
        case (.some, .some):
            throw Problem("\(key.rawValue) and \(key.rawValue)_FILE are both set: keep one")
        case (let value?, nil): return value
        case (nil, let path?):
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                throw Problem("\(key.rawValue)_FILE: cannot read the file \(path)")
            }
            return text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    public func required(_ key: Key) throws -> String {
        guard let value = try optional(key), !value.isEmpty else {
            let twin = key.isSecret ? " (or \(key.rawValue)_FILE)" : ""
            throw Problem("\(key.rawValue)\(twin) is not set")
        }
        return value
    }

    public func number(_ setting: NumberSetting) throws -> Int {
        let (key, range) = (setting.key, setting.range)
        guard let text = try optional(key) else { return setting.fallback }
        guard let value = Int(text), range.contains(value) else {
            throw Problem(
                "\(key.rawValue) must be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    private func value(_ name: String) -> String? {
        // swift-configuration spells NUANXIN_AMQP_URL as nuanxin.amqp.url.
        reader.string(
            forKey: ConfigKey(name.lowercased().split(separator: "_").map(String.init)))
    }

    // MARK: Unknown keys

    private static func refuseUnknown(_ names: some Sequence<String>) throws {
        let known = Key.allCases.flatMap { key in
            key.isSecret ? [key.rawValue, key.rawValue + "_FILE"] : [key.rawValue]
        }
        for name in names.sorted() where name.hasPrefix("NUANXIN_") {
            // The test and deployment scripts' own; no executable reads them.
            let isOfScripts = ["NUANXIN_STATE", "NUANXIN_BIN", "NUANXIN_TESTING"].contains(name)
            if isOfScripts || name.hasPrefix("NUANXIN_TEST_") { continue }
            guard known.contains(name) else {
                let nearest = known.min { distance($0, name) < distance($1, name) } ?? ""
                throw Problem("\(name) is no setting; the nearest is \(nearest)")
            }
        }
    }

    /// Levenshtein's edit distance.
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}

/// A setting that is a whole number, with its default and its bounds.
public struct NumberSetting: Sendable {
    let key: Settings.Key
    let fallback: Int
    let range: ClosedRange<Int>

    public init(_ key: Settings.Key, default fallback: Int, in range: ClosedRange<Int>) {
        self.key = key
        self.fallback = fallback
        self.range = range
    }
}
