internal import CRabbitMQ
internal import Crypto

/// Puts method, header and body frames of one channel together into deliveries, and into returns of what no queue takes.
struct DeliveryAssembler {
    /// Bytes of the longest body that is kept.
    let bodyLimit: Int
    private var start: Delivery?
    private var isReturn = false
    private var size = 0
    private var remaining = 0
    /// Set while a body passes that is too long to be kept.
    private var hash: SHA256?

    init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

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
        self.size = Int(clamping: size)
        remaining = self.size
        hash = remaining > bodyLimit ? SHA256() : nil
        start?.properties =
            decoded.map { Properties($0.load(as: amqp_basic_properties_t.self)) } ?? Properties()
        if hash == nil { start?.body.reserveCapacity(remaining) }
        return remaining == 0 ? finish() : nil
    }

    mutating func body(_ fragment: amqp_bytes_t) -> Incoming? {
        remaining -= fragment.len
        let bytes = UnsafeRawBufferPointer(start: fragment.bytes, count: fragment.len)
        if hash != nil {
            hash?.update(bufferPointer: bytes)
        } else {
            start?.body.append(contentsOf: bytes)
        }
        return remaining <= 0 ? finish() : nil
    }

    private mutating func finish() -> Incoming? {
        defer { (start, hash) = (nil, nil) }
        guard !isReturn else { return start.map { .returned(messageID: $0.properties.messageID) } }
        if let hash {
            start?.dropped = DroppedBody(size: size, digest: Array(hash.finalize()))
        }
        return start.map { .delivery($0) }
    }
}
