internal import AMQP
public import Foundation

/// A message on its way out.
public struct Publication: Sendable {
    let exchange: String
    let routingKey: String
    let id: UUID
    let type: String
    let correlationID: String?
    let body: [UInt8]
    /// The journal row this is, if it is one: its confirm moves that owner's position.
    let journal: JournalPosition?

    public init(exchange: String, routingKey: String, id: UUID, type: String, body: [UInt8]) {
        self.init(
            exchange: exchange, routingKey: routingKey, id: id, type: type, correlationID: nil,
            body: body, journal: nil)
    }

    init(
        exchange: String, routingKey: String, id: UUID, type: String, correlationID: String?,
        body: [UInt8], journal: JournalPosition?
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.id = id
        self.type = type
        self.correlationID = correlationID
        self.body = body
        self.journal = journal
    }

    func message(from user: String) -> Outgoing {
        var properties = Properties()
        properties.contentType = "application/cloudevents+json"
        properties.messageID = id.uuidString.lowercased()
        properties.type = type
        properties.userID = user
        properties.correlationID = correlationID
        return Outgoing(
            exchange: exchange, routingKey: routingKey, properties: properties, body: body,
            isMandatory: Topology.mustReachQueue(exchange, type))
    }
}

/// A row of the journal.
struct JournalPosition: Sendable {
    let owner: Int32
    let position: Int64
}
