internal import AMQP
internal import Foundation
internal import Messages

/// Commands that a job of the service gives, because a day has come and nobody sends a message.
///
/// They are decided as those from the queue are: in a transaction of their own, with facts in the journal. They never were in
/// a queue, so none is delivered again, and nobody gets a receipt.
extension Batch {
    /// - Returns: what is left to publish; everything is committed.
    func decide(own command: any Command) throws -> [Publication] {
        let type = Swift.type(of: command).type
        let header = Header(
            id: UUID(), source: "nuanxin/\(definition.name)", type: type, time: clock.now)
        let body = try encoder.encode(header, command)
        return try process([Intake(own: body, type: type, of: definition.name)])
    }
}

extension Intake {
    /// A command that the service gives itself.
    init(own body: [UInt8], type: String, of service: String) {
        var properties = Properties()
        properties.userID = service
        self.init(
            Delivery(
                tag: 0, consumerTag: "", redelivered: false, routingKey: type,
                properties: properties, body: body), from: .commands)
        deliveryTag = nil
        isOwn = true
    }
}
