public import Foundation
public import Messages

// To be deleted, with this overload of `Router.on`, when no handler returns an `Outcome` any more.

/// What a handler decided about a message.
public enum Outcome: Sendable {
    case accepted([Emission])
    case refused(Refusal)
    case waits(for: UUID, otherwise: Refusal)
    case answered(any Codable & Sendable)
    case applied
    case ignored

    public static func accepted<A: Aggregate>(_ fact: some Fact, of row: A) -> Outcome {
        .accepted([Emission(fact, of: row)])
    }

    public static func rejected(
        _ code: RefusalCode, at pointer: String, expected: String? = nil
    ) -> Outcome {
        .refused(Refusal(code, at: pointer, expected: expected))
    }

    public static func waiting(
        for id: UUID, else code: RefusalCode, at pointer: String
    ) -> Outcome {
        .waits(for: id, otherwise: Refusal(code, at: pointer))
    }

    /// The same, as handlers say it now.
    func handled() throws -> Handled {
        switch self {
        case .accepted(let emissions): .accepted(emissions)
        case .answered(let answer): .answered(answer)
        case .applied, .ignored: .applied
        case .refused(let refusal): throw refusal
        case .waits(let id, let refusal): throw Wait(for: id, otherwise: refusal)
        }
    }
}

extension Router {
    public mutating func on<P: Payload>(
        _ type: P.Type, keys: (@Sendable (P, inout Keys) -> Void)? = nil, alone: Bool = false,
        open: Bool = false,
        _ handle: @escaping @Sendable (P, UnitOfWork) throws -> Outcome
    ) {
        let kind: Route.Kind =
            type is any Query.Type ? .query : type is any Command.Type ? .command : .fact
        add(type, kind, keys, alone: alone, open: open) { try handle($0, $1).handled() }
    }
}
