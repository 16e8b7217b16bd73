import AMQP
import Foundation
import ServiceKit

/// Creates and deletes users of the broker, as its administrator, over RabbitMQ's management interface.
struct ManagementInterface {
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    private let http: PlainHTTP
    private let virtualHost: String

    init(_ settings: Settings) throws {
        try self.init(
            url: settings.required(.managementURL),
            virtualHost: Endpoint(url: settings.required(.amqpURL)).virtualHost)
    }

    init(url: String, virtualHost: String) throws {
        guard let http = PlainHTTP(url: url) else {
            throw Settings.Problem(
                "the management interface must be like http://administrator:…@rabbitmq:15672")
        }
        self.http = http
        self.virtualHost = virtualHost
    }

    /// Whether the broker takes the administrator's password.
    func isWelcome() throws -> Bool {
        let answer = try http.send("GET", "/api/whoami")
        if answer.status == 401 { return false }
        try Self.check(answer, "say who we are")
        return true
    }

    func has(user: String) throws -> Bool {
        let answer = try http.send("GET", "/api/users/\(Self.escaped(user))")
        if answer.status == 404 { return false }
        try Self.check(answer, "look for the user \(user)")
        return true
    }

    /// Creates a user with its queue of receipts, or changes its password.
    func add(_ user: String, of topology: Topology, password: String) throws {
        let definitions = try topology.part(of: user).definitions(virtualHost: virtualHost) { _ in
            password
        }
        let answer = try http.send("POST", "/api/definitions", body: definitions)
        try Self.check(answer, "make the user \(user)")
    }

    /// Deletes a user, whose connections the broker then closes. Its queue stays, so that its receipts can still be read, also
    /// by the same user created again.
    /// - Returns: false if there was none.
    func remove(user: String) throws -> Bool {
        let answer = try http.send("DELETE", "/api/users/\(Self.escaped(user))")
        if answer.status == 404 { return false }
        try Self.check(answer, "end the user \(user)")
        return true
    }

    /// The topology of the virtual host.
    func topology() throws -> BrokerTopology {
        let answer = try http.send("GET", "/api/definitions/\(Self.escaped(virtualHost))")
        try Self.check(answer, "say what it has")
        return try JSONDecoder().decode(BrokerTopology.self, from: Data(answer.body.utf8))
    }

    /// The lengths of all queues, as JSON.
    func queueLengths() throws -> String {
        let columns = "name,type,state,messages,messages_ready,messages_unacknowledged"
        let answer = try http.send(
            "GET",
            "/api/queues/\(Self.escaped(virtualHost))?enable_queue_totals=true&columns=\(columns)")
        try Self.check(answer, "list its queues")
        return answer.body
    }

    /// How many messages wait in each queue or with its consumers. The broker's collector of other numbers is off.
    func lengths() throws -> [String: Int] {
        struct Queue: Decodable {
            let name: String
            /// A stream has none.
            let messages: Int?
        }
        let answer = try http.send(
            "GET",
            "/api/queues/\(Self.escaped(virtualHost))?enable_queue_totals=true&columns=name,messages"
        )
        try Self.check(answer, "count the messages of its queues")
        let queues = try JSONDecoder().decode([Queue].self, from: Data(answer.body.utf8))
        return Dictionary(
            queues.compactMap { queue in queue.messages.map { (queue.name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    private struct Overview: Decodable {
        let version: String

        enum CodingKeys: String, CodingKey { case version = "rabbitmq_version" }
    }

    func version() throws -> String {
        let answer = try http.send("GET", "/api/overview?columns=rabbitmq_version")
        try Self.check(answer, "say its version")
        return try JSONDecoder().decode(Overview.self, from: Data(answer.body.utf8))
            .version
    }

    /// Drops all messages of a queue.
    func empty(queue: String) throws {
        let path = "/api/queues/\(Self.escaped(virtualHost))/\(Self.escaped(queue))/contents"
        try Self.check(try http.send("DELETE", path), "empty the queue \(queue)")
    }

    private static func check(_ answer: PlainHTTP.Answer, _ what: String) throws {
        guard !(200..<300).contains(answer.status) else { return }
        let reason = answer.status == 401 ? " (is its administrator's password another?)" : ""
        throw Refusal(
            description: "the broker would not \(what): status \(answer.status)\(reason)")
    }

    private static func escaped(_ name: String) -> String {
        name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name
    }
}
