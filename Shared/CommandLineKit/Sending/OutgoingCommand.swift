import AMQP
public import Messages

/// A command on its way out: a CloudEvents document with what must be known of it to send it.
public struct OutgoingCommand: Sendable {
    /// Where it came from; whoever sends it gets this back with the answer.
    public let line: Int
    /// Becomes the property `correlation_id`, by which the receipt is found.
    public let id: String
    /// The routing key.
    public let type: String
    public let body: [UInt8]

    public init(line: Int, id: String, type: String, body: [UInt8]) {
        self.line = line
        self.id = id
        self.type = type
        self.body = body
    }

    func message(from endpoint: Endpoint) -> Outgoing {
        var properties = Properties()
        properties.contentType = "application/cloudevents+json"
        properties.messageID = id
        properties.correlationID = id
        properties.type = type
        properties.userID = endpoint.user
        properties.replyTo = ReceiptQueue.name(of: endpoint)
        return Outgoing(
            exchange: CommandPublisher.exchange, routingKey: type, properties: properties,
            body: body)
    }

    /// - Throws: if the document is no JSON object or has no type, so that it cannot be sent.
    public init(body: [UInt8], line: Int) throws(Refusal) {
        let document = try Document(body)
        // AMQP's routing keys are that long at most.
        guard let type = document.type, (1...255).contains(type.utf8.count) else {
            throw Refusal(
                .missingField, pointer: "/type", found: "none to route by",
                expected: "a string of 1 to 255 bytes")
        }
        let id = document.id ?? ""
        // A wrong id is refused by the service; until then the line stands for it.
        let name = (1...255).contains(id.utf8.count) ? id : "line-\(line)"
        self.init(line: line, id: name, type: type, body: body)
    }
}

/// A command that got its final answer.
public struct AnsweredCommand: Sendable {
    public let line: Int
    public let id: String
    public let receipt: Receipt
    /// The receipt as it came; empty for a refusal of the tool's own.
    private let body: [UInt8]

    /// What the receipt of a query tells; nil if it tells nothing.
    public var answer: JSONValue? { JSONValue.answer(in: body) }

    public init(line: Int, id: String, receipt: Receipt, body: [UInt8] = []) {
        self.line = line
        self.id = id
        self.receipt = receipt
        self.body = body
    }
}

extension JSONValue {
    /// What a receipt tells who has asked, as it came; nil if it tells nothing.
    public static func answer(in receipt: [UInt8]) -> JSONValue? {
        guard let answer = (try? JSONValue(receipt))?["data"]?["answer"], answer != .null else {
            return nil
        }
        return answer
    }
}
