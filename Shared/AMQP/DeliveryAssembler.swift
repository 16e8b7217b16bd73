internal import CRabbitMQ

/// Puts method, header and body frames of one channel together into deliveries.
struct DeliveryAssembler {
    private var start: Delivery?
    private var remaining = 0

    mutating func deliver(_ method: amqp_basic_deliver_t) {
        start = Delivery(
            tag: method.delivery_tag, consumerTag: String(method.consumer_tag),
            redelivered: method.redelivered != 0, routingKey: String(method.routing_key),
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
        return start.map { .delivery($0) }
    }
}
