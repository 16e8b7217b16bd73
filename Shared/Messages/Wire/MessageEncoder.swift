import FoundationEssentials

/// Writes messages as CloudEvents documents: names in ascending order at every level, so that the
/// same message is the same bytes. It keeps its buffer; use one for each thread.
public final class MessageEncoder {
    private let writer: UnsafeMutablePointer<JSONWriter>

    public init() {
        writer = .allocate(capacity: 1)
        writer.initialize(to: JSONWriter())
    }

    deinit {
        writer.deinitialize(count: 1)
        writer.deallocate()
    }

    /// - Parameter header: `type` is written as it says, which for a receipt is not the payload's.
    public func encode(_ header: Header, _ payload: some Payload) throws -> [UInt8] {
        writer.pointee.reset()
        let target = JSONTarget(writer: writer)
        writer.pointee.openObject()
        uuid("causationid", header.causationid)
        text("correlationid", header.correlationid)
        writer.pointee.name("data")
        try target.write(payload)
        if header.isDryRun {
            writer.pointee.name("dryrun")
            writer.pointee.bool(true)
        }
        uuid("id", header.id)
        text("journal", header.journal)
        if let sequence = header.sequence {
            writer.pointee.name("sequence")
            writer.pointee.integer(sequence)
        }
        text("source", header.source)
        text("specversion", "1.0")
        text("subject", header.subject)
        text("time", header.time.wireText)
        text("traceparent", header.traceparent)
        text("type", header.type)
        writer.pointee.close(to: 0)
        return writer.pointee.bytes
    }

    /// A value alone, in the same form.
    public func encode(data value: some Encodable) throws -> [UInt8] {
        writer.pointee.reset()
        try JSONTarget(writer: writer).write(value)
        return writer.pointee.bytes
    }

    private func text(_ name: String, _ value: String?) {
        guard let value else { return }
        writer.pointee.name(name)
        writer.pointee.string(value)
    }

    private func uuid(_ name: String, _ value: UUID?) {
        guard let value else { return }
        writer.pointee.name(name)
        withUnsafeBytes(of: value.uuid) { writer.pointee.uuid($0) }
    }
}
