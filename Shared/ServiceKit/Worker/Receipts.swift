internal import Foundation
internal import Messages

/// Answers publishers who asked for one with `reply_to`.
struct Receipts {
    let service: String
    let encoder: MessageEncoder
    let now: Timestamp

    /// The receipt to send once the batch is committed. A message from a queue is delivered again if that
    /// never comes to pass, and answered again by the same receipt.
    func publication(_ decision: Decider.Decision) -> Publication? {
        decision.examined.intake.isParked ? nil : answer(decision)
    }

    /// The receipts that the batch must store: nobody delivers a parked message again.
    func owed(_ decisions: [Decider.Decision]) -> [Publication] {
        decisions.filter(\.examined.intake.isParked).compactMap(answer)
    }

    /// What whoever asked for a record is told of a later change. It is stored with the change, as what is owed.
    func notices(_ notices: [Notice]) throws -> [Publication] {
        try notices.map { notice in
            let asker = notice.asker
            var receipt = Receipt(
                command: asker.command.wireText, status: .notice, code: notice.code?.code,
                outcome: notice.outcome)
            receipt.record = asker.record
            let header = Header(
                id: notice.id, source: "nuanxin/\(service)", type: "\(service).receipt.v1",
                time: now, correlationid: asker.command.wireText, causationid: notice.cause)
            return Publication(
                exchange: "nuanxin.receipts",
                routingKey: Topology.receiptKey(to: asker.publisher, from: service),
                id: notice.id, type: header.type, correlationID: asker.correlationID,
                body: try encoder.encode(header, receipt), journal: nil)
        }
    }

    private func answer(_ decision: Decider.Decision) -> Publication? {
        let intake = decision.examined.intake
        guard intake.origin != .facts, let publisher = intake.receiptQueue,
            case (var receipt, let id)? = receipt(decision, message(of: decision))
        else { return nil }
        if decision.examined.isDryRun { receipt.dryRun = true }
        let ignored = decision.examined.ignored
        if !ignored.isEmpty { receipt.ignored = ignored }
        let command = decision.examined.id
        let header = Header(
            id: id, source: "nuanxin/\(service)", type: "\(service).receipt.v1", time: now,
            subject: nil, correlationid: command?.uuidString.lowercased(), causationid: command,
            traceparent: nil, sequence: nil)
        guard let body = try? encoded(header, receipt, decision.answer) else { return nil }
        return Publication(
            exchange: "nuanxin.receipts",
            routingKey: Topology.receiptKey(to: publisher, from: service), id: id,
            type: header.type, correlationID: intake.correlationID, body: body, journal: nil)
    }

    /// Nil if it has no id.
    private func message(of decision: Decider.Decision) -> DecidedMessage? {
        decision.examined.id.map {
            DecidedMessage(
                id: $0, publisher: decision.examined.intake.publisher ?? "", service: service)
        }
    }

    private func encoded(
        _ header: Header, _ receipt: Receipt, _ answer: (any Codable & Sendable)?
    ) throws -> [UInt8] {
        func answered<A: Codable & Sendable>(_ answer: A) throws -> [UInt8] {
            try encoder.encode(
                header,
                AnsweringReceipt(
                    command: receipt.command, status: receipt.status, answer: answer,
                    ignored: receipt.ignored))
        }
        guard let answer else { return try encoder.encode(header, receipt) }
        return try answered(answer)
    }

    private func receipt(
        _ decision: Decider.Decision, _ command: DecidedMessage?
    ) -> (Receipt, UUID)? {
        let intake = decision.examined.intake
        switch decision.result {
        case .nothing, .dropped:
            return nil
        case .unreadable(let refusal):
            // A redriven message that is still unreadable has its answer.
            if intake.isParked { return nil }
            let id = DerivedID.refusal(of: decision.examined.digest)
            return (Receipt(refusing: refusal, command: command?.id.wireText), id)
        case .turnedAway(let refusal):
            guard let command else { return nil }
            let id = DerivedID.refusal(of: decision.examined.digest)
            return (Receipt(Answer(state: .rejected, refusal: refusal), to: command), id)
        case .conflict:
            guard let command else { return nil }
            let refusal = Refusal(.conflict, pointer: "/id")
            let id = DerivedID.refusal(of: decision.examined.digest)
            return (Receipt(Answer(state: .rejected, refusal: refusal), to: command), id)
        case .decided(let answer):
            guard let command else { return nil }
            // It was said before that the message is parked: once is enough.
            if intake.isParked && !answer.state.isFinal { return nil }
            return first(answer, command)
        case .again(let answer):
            guard let command, !intake.isParked else { return nil }
            // Delivered again by the broker: the publisher sent it once, so it gets the first receipt.
            if intake.isRepeat { return first(answer, command) }
            return (Receipt(duplicateOf: answer, command), UUID())
        }
    }

    private func first(_ answer: Answer, _ command: DecidedMessage) -> (Receipt, UUID) {
        let id = answer.state.isFinal ? command.receipt : command.parkedReceipt
        return (Receipt(answer, to: command), id)
    }
}

extension Header {
    /// Stands until the first message of a batch begins.
    static let placeholder = Header(
        id: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), source: "", type: "",
        time: Timestamp(microseconds: 0), subject: nil, correlationid: nil, causationid: nil,
        traceparent: nil, sequence: nil)

    /// The header of a fact that follows from this message. The trace goes on: the same trace id, with
    /// the fact as the next span (W3C Trace Context). A correlation id goes on only if it is a UUID:
    /// facts are kept for ever, and any other text may say something.
    func fact(
        _ index: Int, _ emission: Emission, publisher: String, service: String, time: Timestamp
    ) -> Header {
        let id = DecidedMessage(id: self.id, publisher: publisher, service: service).fact(index)
        return Header(
            id: id, source: "nuanxin/\(service)", type: Swift.type(of: emission.fact).type,
            time: time, subject: emission.subject,
            correlationid: (correlationid.flatMap { UUID(wireText: $0) } ?? self.id).wireText,
            causationid: self.id,
            traceparent: TraceParent.next(after: traceparent, message: self.id, span: id),
            sequence: emission.sequence)
    }
}

/// W3C Trace Context: `00-<trace id, 32 hex>-<span id, 16 hex>-<flags>`.
enum TraceParent {
    static func next(after parent: String?, message: UUID, span: UUID) -> String {
        let parts = parent?.split(separator: "-", omittingEmptySubsequences: false) ?? []
        let isWhole =
            parts.count == 4 && zip(parts, [2, 32, 16, 2]).allSatisfy { isHex($0, count: $1) }
            && parts[1].contains { $0 != "0" }
        let trace = isWhole ? String(parts[1]) : hex(message).joined()
        let flags = isWhole ? String(parts[3]) : "00"
        return "00-\(trace)-\(hex(span).suffix(8).joined())-\(flags)"
    }

    private static func isHex(_ text: Substring, count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy {
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                    || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
            }
    }

    private static func hex(_ id: UUID) -> [String] {
        let digits = Array("0123456789abcdef")
        return withUnsafeBytes(of: id.uuid) { bytes in
            bytes.map { String([digits[Int($0 >> 4)], digits[Int($0 & 15)]]) }
        }
    }
}
