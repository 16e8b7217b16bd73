import Messages

/// The pages of an answer, put together.
struct PagedAnswer {
    /// Where a list goes on.
    struct Turn: Equatable {
        /// The member that says so, such as `next`.
        let name: String
        let place: JSONValue
        /// The list, if the query pages through one of several.
        let part: String?
        /// How many more of its rows are to be printed.
        let rows: Int
    }

    /// By the member that says where they go on: lists of answers that have several. Each is named as the query's
    /// `part`.
    private static let parts = [
        "nextAttendance": ["roster", "attendances"], "nextRegistration": ["registrations"],
        "nextWaiting": ["waitlist"], "nextShift": ["shifts"],
    ]

    /// What is the same on all pages stands as on the first one.
    private(set) var whole: JSONValue

    init(_ first: JSONValue) { whole = first }

    /// Whether lists go on that were not read to their ends.
    var isCut: Bool { !turns(.max).isEmpty }

    /// The page to ask for; nil if each list has ended or has so many rows.
    func next(_ limit: Int) -> Turn? { turns(limit).first { $0.rows > 0 } }

    private func turns(_ limit: Int) -> [Turn] {
        whole.members.compactMap { member in
            guard member.value != .null else { return nil }
            if member.name == "next" {
                let count = whole.members.map(\.value.items.count).max() ?? 0
                return Turn(name: "next", place: member.value, part: nil, rows: limit - count)
            }
            guard let part = Self.parts[member.name]?.first(where: { whole[$0] != nil }) else {
                return nil
            }
            return Turn(
                name: member.name, place: member.value, part: part,
                rows: limit - (whole[part]?.items.count ?? 0))
        }
    }

    /// Adds the page that a turn asked for.
    mutating func add(_ page: JSONValue, after turn: Turn) {
        for member in page.members {
            guard case .list(let items) = member.value else { continue }
            // Some lists, such as the consents in force, stand on each page.
            let known = Set(whole[member.name]?.items ?? [])
            whole[member.name] = .list(
                (whole[member.name]?.items ?? []) + items.filter { !known.contains($0) })
        }
        // A page that leads to itself is the last one.
        whole[turn.name] = page[turn.name] == turn.place ? nil : page[turn.name]
    }
}
