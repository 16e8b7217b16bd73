internal import AMQP
internal import Foundation
internal import Logging
internal import Postgres

/// The settings of one service, checked before anything is started.
struct ServiceSettings: Sendable {
    let endpoint: Endpoint
    let database: PostgresConfiguration
    let host: String
    let port: Int
    let workers: Int
    let logLevel: Logger.Level
    let batch: BatchSettings
    let jobs: JobSettings
    let retention: Retention
    /// For what the service serves over HTTP.
    let all: Settings

    /// - Parameter numbers: the service's own.
    init(_ settings: Settings, service: String, numbers: [NumberSetting] = []) throws {
        endpoint = try Endpoint(url: settings.required(.amqpURL))
        database = try Self.database(settings, service)
        (host, port) = try Self.address(settings.optional(.listen) ?? "127.0.0.1:0")
        workers = try settings.number(.workers)
        logLevel = try Self.level(settings.optional(.logLevel) ?? "info")
        var batch = BatchSettings(try ServiceSecret(of: service, settings))
        batch.inboxDays = try settings.number(.inboxDays)
        batch.publisherRate = try settings.number(.publisherRate)
        batch.operatorName = try settings.optional(.operatorName) ?? batch.operatorName
        if let text = try settings.optional(.retrySeconds) { batch.retry = try Self.schedule(text) }
        self.batch = batch
        retention = Retention(
            bodyDays: try settings.number(.bodyDays), textDays: try settings.number(.textDays))
        jobs = JobSettings(
            Dictionary(
                try numbers.map { ($0.key, try settings.number($0)) },
                uniquingKeysWith: { first, _ in first }))
        all = settings
        if let text = try settings.optional(.crashAt), !CrashPoint.arm(text) {
            let points = CrashPoint.allCases.map(\.rawValue).joined(separator: ", ")
            throw Settings.Problem(
                "NUANXIN_CRASH_AT must be <point>[:n] or message:<id>, a point being \(points)")
        }
    }

    /// Evaluating a large enrolment run is one statement; a server that works on one for longer is lost.
    private static let longestStatement: Duration = .seconds(600)
    /// The longest for a host to take the session.
    private static let connectTimeout: Duration = .seconds(5)
    /// After so long without a word, the server is asked whether it is at work.
    private static let silenceLimit: Duration = .seconds(10)

    /// The runtime role's database of a service.
    static func database(_ settings: Settings, _ service: String) throws -> PostgresConfiguration {
        guard let key = Settings.Key(rawValue: "NUANXIN_\(service.uppercased())_DB") else {
            throw Settings.Problem("no setting names the database of \(service)")
        }
        var configuration = try PostgresConfiguration(
            url: settings.required(key), applicationName: "nuanxin-\(service)",
            connectTimeout: connectTimeout)
        configuration.responseTimeout = longestStatement
        configuration.silenceLimit = silenceLimit
        return configuration
    }

    static func address(_ text: String) throws -> (String, Int) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw Settings.Problem("NUANXIN_LISTEN must be host:port, such as 127.0.0.1:8080") }
        return (String(text[..<colon]), port)
    }

    private static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw Settings.Problem("NUANXIN_LOG_LEVEL must be one of \(levels)")
        }
        return level
    }

    /// Seconds, one day: a parked body keeps the key of its day alive.
    private static let longestDelay = 86_400

    static func schedule(_ text: String) throws -> RetrySchedule {
        let delays = text.split(separator: ",").map { Int($0) }
        guard !delays.isEmpty, delays.count <= 20,
            delays.allSatisfy({ (0...longestDelay).contains($0 ?? -1) })
        else {
            throw Settings.Problem(
                """
                NUANXIN_RETRY_SECONDS must be up to 20 whole seconds of at most \(longestDelay), such as \
                0,0,5,30,120,600,3600
                """)
        }
        return RetrySchedule(delays: delays.compactMap(\.self))
    }
}

/// The numbers that every service reads.
extension NumberSetting {
    static let workers = NumberSetting(.workers, default: 2, in: 1...64)
    /// Commands of one publisher that a worker decides in a second; 0 for no limit.
    static let publisherRate = NumberSetting(.publisherRate, default: 0, in: 0...1_000_000)
    /// Days for which the inbox remembers a message.
    public static let inboxDays = NumberSetting(.inboxDays, default: 30, in: 1...3650)
    /// Days after which the key of a day is destroyed, and with it the bodies of dead letters.
    static let bodyDays = NumberSetting(.bodyDays, default: 30, in: 1...365)
    /// Days for which free texts, such as reasons, are kept.
    static let textDays = NumberSetting(.textDays, default: 1_095, in: 1...36_500)
}
