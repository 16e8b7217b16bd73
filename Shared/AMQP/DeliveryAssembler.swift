internal import CRabbitMQ

/// Puts method, header and body frames of one channel together into deliveries, and into returns of what no queue takes.
struct DeliveryAssembler {
    private var start: Delivery?
    private var isReturn = false
    private var remaining = 0

    mutating func deliver(_ method: amqp_basic_deliver_t) {
        isReturn = false
        start = Delivery(
            tag: method.delivery_tag, consumerTag: String(method.consumer_tag),
            redelivered: method.redelivered != 0, routingKey: String(method.routing_key),
            properties: Properties(), body: [])
    }

    mutating func returned(_ method: amqp_basic_return_t) {
        isReturn = true
        start = Delivery(
            tag: 0, consumerTag: "", redelivered: false, routingKey: String(method.routing_key),
            properties: Properties(), body: [])
    }

    mutating func header(_ size: UInt64, _ decoded: UnsafeMutableRawPointer?) -> Incoming? {
        remaining = Int(size)
        start?.properties =
            decoded.map { Properties($0.load(as: amqp_basic_properties_t.self)) } ?? Properties()
        start?.body.reserveCapacity(remaining)
        return remaining == 0 ? finish() : nil
    }

    mutating func body(_ fragment: amqp_bytes_t) -> Incoming? {
        remaining -= fragment.len
        start?.body.append(
            contentsOf: UnsafeRawBufferPointer(start: fragment.bytes, count: fragment.len))
        return remaining <= 0 ? finish() : nil
    }

    private mutating func finish() -> Incoming? {
        defer { start = nil }
        guard let start else { return nil }
        return isReturn ? .returned(messageID: start.properties.messageID) : .delivery(start)
    }
}
