import Messages
import ServiceKit

/// Grants each publisher the message types and territories that it may send. Every service keeps a
/// copy of the grants and enforces it. Only the operator changes them, so that no publisher can
/// widen its own scope.
enum Publishers {
    static func register(in router: inout Router) {
        router.on(
            GrantPublisher.self, keys: { $1.need(PublisherGrant.self, $0.publisher) }, grant)
        router.on(
            RevokePublisher.self, keys: { $1.need(PublisherGrant.self, $0.publisher) }, revoke)
    }

    static func grant(_ command: GrantPublisher, _ unit: UnitOfWork) throws -> Emission {
        guard isName(command.publisher) else {
            throw Refusal(.invalidPublisher, at: "/publisher")
        }
        if let index = command.types.firstIndex(where: { !isPattern($0) }) {
            throw Refusal(.invalidTypePattern, at: "/types/\(index)")
        }
        var grant = try grant(of: command.publisher, unit)
        grant.types = command.types.joined(separator: " ")
        grant.territories = command.territories.map(\.rawValue).joined(separator: " ")
        grant.isGranted = true
        return try unit.save(
            &grant,
            PublisherGranted(
                publisher: command.publisher, territories: command.territories,
                types: command.types))
    }

    static func revoke(_ command: RevokePublisher, _ unit: UnitOfWork) throws -> Emission {
        var grant = try grant(of: command.publisher, unit)
        guard grant.isGranted else { throw Refusal(.publisherNotGranted, at: "/publisher") }
        grant.types = ""
        grant.territories = ""
        grant.isGranted = false
        return try unit.save(&grant, PublisherRevoked(publisher: command.publisher))
    }

    private static func grant(
        of name: String, _ unit: UnitOfWork
    ) throws -> PublisherGrant {
        try unit.find(PublisherGrant.self, name)
            ?? PublisherGrant(
                name: name, types: "", territories: "", isGranted: false, sequence: 0)
    }

    /// Whether a broker user can have that name: it stands unchanged in routing keys and names of
    /// queues.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: "-") }
    }

    /// Whether the text is the name of a message type, such as `events.session.open.v1`, the
    /// beginning of one followed by `.*`, such as `events.session.*` or `events.*`, or `*` for all
    /// types. A beginning grants no queries, and nothing that cannot be undone.
    static func isPattern(_ text: String) -> Bool {
        if text == "*" { return true }
        let name = text.hasSuffix(".*") ? text.dropLast(2) : text[...]
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { word in
            !word.isEmpty && word.utf8.allSatisfy(isWord)
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension RefusalCode {
    static let invalidPublisher = RefusalCode(
        "invalid_publisher", "a broker user: lower-case letters, digits, hyphens and underscores")
    static let invalidTypePattern = RefusalCode(
        "invalid_type_pattern", "the name of a message type, or its beginning and .*")
    static let publisherNotGranted = RefusalCode(
        "publisher_not_granted", "a publisher to whom something is granted")
}
