import Foundation
import Support
import Testing

@testable import ServiceKit

@Suite("Settings from the environment")
struct SettingsTests {
    private func problem(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch let problem as Settings.Problem {
            return problem.description
        } catch {
            return "another error: \(error)"
        }
    }

    /// A file that lives for the call.
    private func withFile<R>(_ content: String, _ body: (String) throws -> R) throws -> R {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(content.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file.path)
    }

    @Test func `A value is read by its key`() throws {
        let settings = try Settings(["NUANXIN_LISTEN": "h:1", "PATH": "/bin"])
        #expect(try settings.required(.listen) == "h:1")
        #expect(try settings.optional(.amqpURL) == nil)
    }

    @Test func `An unknown key stops the start and names the nearest`() {
        let text = problem { _ = try Settings(["NUANXIN_AMPQ_URL": "x"]) }
        #expect(text == "NUANXIN_AMPQ_URL is no setting; the nearest is NUANXIN_AMQP_URL")
        let twin = problem { _ = try Settings(["NUANXIN_WORKERS_FILE": "x"]) }
        #expect(twin?.contains("NUANXIN_WORKERS") == true, "only secrets have a twin")
    }

    @Test func `Keys of others are not looked at`() {
        let text = problem { _ = try Settings(["NUANXIN_TEST_AMQP": "x", "XNUANXIN_Y": "z"]) }
        #expect(text == nil)
    }

    @Test func `A missing key is named with its twin`() throws {
        let settings = try Settings([:])
        let secret = problem { _ = try settings.required(.fundingDatabase) }
        #expect(secret == "NUANXIN_FUNDING_DB (or NUANXIN_FUNDING_DB_FILE) is not set")
        #expect(problem { _ = try settings.required(.listen) } == "NUANXIN_LISTEN is not set")
    }

    @Test func `A secret may stand in a file, without its last line break`() throws {
        try withFile("postgresql://db\n") { path in
            let settings = try Settings(["NUANXIN_FUNDING_DB_FILE": path])
            #expect(try settings.required(.fundingDatabase) == "postgresql://db")
        }
    }

    @Test func `A secret in both places is refused`() throws {
        let text = try withFile("x") { path in
            let both = ["NUANXIN_AMQP_URL": "amqp://h", "NUANXIN_AMQP_URL_FILE": path]
            let settings = try Settings(both)
            return problem { _ = try settings.required(.amqpURL) }
        }
        #expect(text == "NUANXIN_AMQP_URL and NUANXIN_AMQP_URL_FILE are both set: keep one")
    }

    @Test func `A file that cannot be read is named`() throws {
        let settings = try Settings(["NUANXIN_AMQP_URL_FILE": "/no/such/file"])
        let text = problem { _ = try settings.required(.amqpURL) }
        #expect(text == "NUANXIN_AMQP_URL_FILE: cannot read the file /no/such/file")
    }

    @Test(arguments: ["0", "65", "two", "", "1.5"])
    func `A number outside of its range is refused`(text: String) throws {
        let settings = try Settings(["NUANXIN_WORKERS": text])
        let found = problem { _ = try settings.number(.workers) }
        #expect(found == "NUANXIN_WORKERS must be a whole number from 1 to 64")
    }

    private static let complete = [
        "NUANXIN_AMQP_URL": "amqp://funding:x@localhost/nuanxin",
        "NUANXIN_FUNDING_DB": "postgresql://localhost/funding",
        "NUANXIN_FUNDING_SECRET": ServiceBench.secretText,
    ]

    private func service(_ extra: [String: String]) throws -> ServiceSettings {
        try ServiceSettings(
            Settings(Self.complete.merging(extra) { _, new in new }), service: "funding")
    }

    @Test func `A service needs no more than its broker and its database`() throws {
        let settings = try service([:])
        #expect(settings.workers == 2)
        #expect((settings.host, settings.port) == ("127.0.0.1", 0))
        #expect(settings.batch.retry.delays == [0, 0, 5, 30, 120, 600, 3600])
        #expect(settings.batch.inboxDays == 30)
    }

    @Test func `A service's own numbers are read before it starts, or have their defaults`() throws
    {
        let days = NumberSetting(.historyDays, default: 7, in: 1...10)
        func jobs(_ extra: [String: String]) throws -> JobSettings {
            let all = Self.complete.merging(extra) { _, new in new }
            return try ServiceSettings(Settings(all), service: "funding", numbers: [days]).jobs
        }
        #expect(try jobs(["NUANXIN_HISTORY_DAYS": "9"])[days] == 9)
        #expect(try jobs([:])[days] == 7)
        #expect(
            problem { _ = try jobs(["NUANXIN_HISTORY_DAYS": "11"]) }
                == "NUANXIN_HISTORY_DAYS must be a whole number from 1 to 10")
    }

    @Test func `A service's settings are read`() throws {
        let settings = try service([
            "NUANXIN_LISTEN": "[::1]:8080", "NUANXIN_RETRY_SECONDS": "0,7",
            "NUANXIN_INBOX_DAYS": "9", "NUANXIN_OPERATOR": "head",
            "NUANXIN_PUBLISHER_RATE": "500",
        ])
        #expect((settings.host, settings.port) == ("[::1]", 8080))
        #expect(settings.batch.retry.delays == [0, 7])
        #expect(settings.batch.inboxDays == 9)
        #expect(settings.batch.operatorName == "head")
        #expect(settings.batch.publisherRate == 500)
    }

    @Test(arguments: [
        ("NUANXIN_LISTEN", "8080"), ("NUANXIN_LISTEN", "host:99999"),
        ("NUANXIN_RETRY_SECONDS", "1,x"), ("NUANXIN_RETRY_SECONDS", "-1"),
        ("NUANXIN_PUBLISHER_RATE", "-1"), ("NUANXIN_LOG_LEVEL", "loud"),
        ("NUANXIN_CRASH_AT", "sometimes"),
        ("NUANXIN_FUNDING_DB", "mysql://h"), ("NUANXIN_AMQP_URL", "http://h"),
        ("NUANXIN_FUNDING_SECRET", "abc"), ("NUANXIN_RETRY_SECONDS", "0,86401"),
        ("NUANXIN_BODY_DAYS", "0"),
    ])
    func `A value that cannot work stops the start`(key: String, value: String) {
        #expect(throws: (any Error).self) { try service([key: value]) }
    }

    @Test(arguments: [
        ("NUANXIN_AMQP_URL", "amqp://funding:changeme@host"),
        ("NUANXIN_AMQP_URL", "amqp://guest:guest@host"),
        ("NUANXIN_AMQP_URL", "amqp://funding:<password>@host/%2F"),
        ("NUANXIN_AMQP_URL", "amqp://funding:CHANGE_ME@host"),
        ("NUANXIN_AMQP_URL", "amqp://funding:xxxxxxxx@host"),
        ("NUANXIN_AMQP_URL", "amqp://funding:@host"),
        ("NUANXIN_AMQP_URL", "amqp://host"),
        ("NUANXIN_FUNDING_DB", "postgresql://funding:${PASSWORD}@host/funding"),
        ("NUANXIN_FUNDING_DB", "postgresql://funding:p%61ssword@host/funding"),
        (
            "NUANXIN_REGISTRY_KEY",
            "0000000000000000000000000000000000000000000000000000000000000000"
        ),
        ("NUANXIN_REGISTRY_KEY", "<key>"), ("NUANXIN_EVENTS_SECRET", "<secret>"),
    ])
    func `A placeholder for a secret is refused by its key's name, and not repeated`(
        key: String, value: String
    ) throws {
        let settings = try Settings([key: value])
        let name = try #require(Settings.Key(rawValue: key))
        let text = try #require(problem { _ = try settings.required(name) })
        #expect(text.hasPrefix(key + ": it"))
        #expect(!text.contains(value))
    }

    @Test func `A placeholder in a file is refused by its key's name`() throws {
        try withFile("amqp://funding:changeme@host\n") { path in
            let settings = try Settings(["NUANXIN_AMQP_URL_FILE": path])
            let text = problem { _ = try settings.required(.amqpURL) }
            #expect(text?.hasPrefix("NUANXIN_AMQP_URL: its password is a placeholder") == true)
        }
    }

    @Test(arguments: [
        ("NUANXIN_AMQP_URL", "amqp://funding:4f0c@host/%2F"),
        ("NUANXIN_AMQP_URL", "amqp://funding:secret-4f0c@host"),
        ("NUANXIN_FUNDING_DB", "postgresql://host/funding"),
    ])
    func `A secret that is no placeholder is taken`(key: String, value: String) throws {
        let name = try #require(Settings.Key(rawValue: key))
        #expect(try Settings([key: value]).required(name) == value)
    }
}
