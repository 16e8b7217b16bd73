import Messages

/// Which commands put something right, as their names and rights say. A new one of them needs a row in the table of its service.
enum CorrectionTypes {
    private static let verbs: Set<String> = [
        "correct", "void", "reopen", "restore", "undo", "unmerge", "revoke", "withdraw", "reverse",
        "excuse", "resize", "recover",
    ]

    /// - Parameters:
    ///   - byOfficers: whether officers decide on nothing else in the service.
    ///   - others: types that are no corrections all the same.
    static func all(
        of commands: [any Command.Type], byOfficers: Bool, without others: [any Command.Type]
    ) -> Set<String> {
        let corrections = commands.filter { type in
            type is any Correcting.Type || !words(of: type).isDisjoint(with: verbs)
                || byOfficers && SendingRight.of(type.type).hasActor
        }
        return Set(corrections.map { $0.type }).subtracting(others.map { $0.type })
    }

    /// Of the last part of the name, before the version: `void_move` has two.
    private static func words(of type: any Command.Type) -> Set<String> {
        let parts = type.type.split(separator: ".")
        guard parts.count > 1 else { return [] }
        return Set(parts[parts.count - 2].split(separator: "_").map(String.init))
    }
}
