internal import CRabbitMQ

/// Puts method, header and body frames of one channel together into deliveries and returns.
struct DeliveryAssembler {
    private enum Start {
        case delivery(Delivery)
        case returned(Returned)
    }
    private var start: Start?
    private var remaining = 0

    mutating func deliver(_ method: amqp_basic_deliver_t) {
        start = .delivery(
            Delivery(
                tag: method.delivery_tag, consumerTag: String(method.consumer_tag),
                redelivered: method.redelivered != 0, exchange: String(method.exchange),
                routingKey: String(method.routing_key), properties: Properties(), body: []))
    }

    mutating func returned(_ method: amqp_basic_return_t) {
        start = .returned(
            Returned(
                code: Int(method.reply_code), reason: String(method.reply_text),
                exchange: String(method.exchange), routingKey: String(method.routing_key)))
    }

    mutating func header(_ size: UInt64, _ decoded: UnsafeMutableRawPointer?) -> Incoming? {
        let properties =
            decoded.map { Properties($0.load(as: amqp_basic_properties_t.self)) } ?? Properties()
        remaining = Int(size)
        switch start {
        case .delivery(var delivery):
            delivery.properties = properties
            delivery.body.reserveCapacity(remaining)
            start = .delivery(delivery)
        case .returned(var returned):
            returned.messageID = properties.messageID
            start = .returned(returned)
        case nil:
            return nil
        }
        return remaining == 0 ? finish() : nil
    }

    mutating func body(_ fragment: amqp_bytes_t) -> Incoming? {
        remaining -= fragment.len
        if case .delivery(var delivery) = start {
            start = nil  // keeps the body's storage uniquely referenced while it grows
            delivery.body.append(
                contentsOf: UnsafeRawBufferPointer(start: fragment.bytes, count: fragment.len))
            start = .delivery(delivery)
        }
        return remaining <= 0 ? finish() : nil
    }

    private mutating func finish() -> Incoming? {
        defer { start = nil }
        switch start {
        case .delivery(let delivery): return .delivery(delivery)
        case .returned(let returned): return .returned(returned)
        case nil: return nil
        }
    }
}
