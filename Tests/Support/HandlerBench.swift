public import Foundation
public import Messages

@testable public import ServiceKit

/// The handlers of one service over rows in memory: messages go in one after the other, as in a batch,
/// and what was accepted is seen by the next.
public final class HandlerBench {
    public let source = MemorySource()
    public let unit: UnitOfWork
    /// Adds to facts about people what registry would send with them.
    public let registry = RegistryBook()
    private let router: ServiceKit.Router

    public init(_ definition: ServiceDefinition) {
        router = definition.router
        unit = UnitOfWork(
            source: source, now: Timestamp(microseconds: 0),
            message: Header(id: UUID(), source: "", type: "", time: Timestamp(microseconds: 0)))
    }

    /// When every message was written: after all days of the tests.
    private static let time = Timestamp(microseconds: 2_000_000_000_000_000)

    /// - Parameter territories: what the publisher was granted; nil is the operator's unlimited scope.
    @discardableResult
    public func handle(
        _ payload: any Payload, publisher: String = "operator", territories: [TerritoryCode]? = nil,
        sequence: Int64? = nil
    ) throws -> Outcome {
        let payload = (payload as? any Fact).map(registry.told) ?? payload
        let type = Swift.type(of: payload).type
        guard let route = router.routes[type] else { throw NoHandler(type: type) }
        let header = Header(
            id: UUID(), source: "test", type: type, time: Self.time, sequence: sequence)
        let scope = territories.map { Scope(types: ["*"], territories: $0) } ?? .unlimited
        load(payload, by: route)
        unit.begin(header, publisher: publisher, scope: scope, alone: route.isAlone)
        do {
            let handled = try route.handle(payload, unit)
            unit.keep()
            return Outcome(handled)
        } catch let refusal as Refusal {
            unit.drop()
            return .refused(refusal)
        } catch let wait as Wait {
            unit.drop()
            return .waits(for: wait.id, otherwise: wait.otherwise)
        }
    }

    /// Loads the rows that the message declares, as the first round trip of a batch does.
    private func load(_ payload: any Payload, by route: ServiceKit.Router.Route) {
        var keys = Keys()
        route.keys?(payload, &keys)
        for set in keys.loads() { (set as? any MemoryLoadable)?.load(from: source, into: unit) }
    }

    public struct NoHandler: Error { public let type: String }
}

private protocol MemoryLoadable {
    func load(from source: MemorySource, into unit: UnitOfWork)
}

extension RowKeys: MemoryLoadable {
    fileprivate func load(from source: MemorySource, into unit: UnitOfWork) {
        let map = unit.rowMap(R.self)
        // An earlier message of the batch may have changed a row that it loaded.
        let unknown = keys.filter { !map.isKnown($0) }
        map.fill(unknown, with: source.rows(R.self, unknown))
    }
}

/// The refusal of a rule; nil if the rule allows the request.
public func refusal(_ rule: () throws(Refusal) -> Void) -> Refusal? {
    do {
        try rule()
        return nil
    } catch {
        return error
    }
}

/// The result of handling a message.
public enum Outcome: Sendable {
    case accepted([Emission])
    case answered(any Codable & Sendable)
    case applied
    case refused(Refusal)
    case waits(for: UUID, otherwise: Refusal)

    fileprivate init(_ handled: Handled) {
        switch handled {
        case .accepted(let emissions): self = .accepted(emissions)
        case .answered(let answer): self = .answered(answer)
        case .applied: self = .applied
        }
    }

    /// The facts that follow; empty unless it was accepted.
    public var emissions: [Emission] {
        if case .accepted(let emissions) = self { emissions } else { [] }
    }

    public func fact<F: Fact>(_ type: F.Type) -> F? {
        emissions.lazy.compactMap { $0.fact as? F }.first
    }

    public var isAccepted: Bool { !emissions.isEmpty }

    public var refusal: Refusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }

    /// The id that the message waits for, and what it is refused with when that never comes.
    public var wait: (id: UUID, otherwise: Refusal)? {
        if case .waits(let id, let refusal) = self { (id, refusal) } else { nil }
    }
}
