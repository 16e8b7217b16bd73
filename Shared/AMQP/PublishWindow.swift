/// The items that were published and are not yet confirmed, in the order of publishing.
///
/// A confirm takes effect as a *prefix*: `takeConfirmed` hands out an item only when all before it are
/// confirmed too, so a position derived from it never skips anything. Items are kept until then, and
/// so can be published again after a refusal (nack) or over a new connection.
public struct PublishWindow<Item> {
    private enum State { case open, confirmed, refused }
    private var entries: [(item: Item, tag: UInt64, state: State)] = []
    private var head = 0
    private var nextTag: UInt64 = 1

    public init() {}

    /// Items not yet handed out as confirmed.
    public var count: Int { entries.count - head }
    public var isEmpty: Bool { count == 0 }

    /// Records one publish on the current channel; the broker numbers them 1, 2, 3 ….
    public mutating func published(_ item: Item) {
        entries.append((item, nextTag, .open))
        nextTag += 1
    }

    /// Applies an acknowledgement (`confirmed`) or a refusal of the broker.
    public mutating func settle(tag: UInt64, multiple: Bool, confirmed: Bool) {
        let state: State = confirmed ? .confirmed : .refused
        guard let index = index(of: tag) else { return }
        if multiple {
            for i in head...index where entries[i].state == .open { entries[i].state = state }
        } else if entries[index].state == .open {
            entries[index].state = state
        }
    }

    /// Refuses open items whatever their confirms say: the broker confirms what it has returned, too.
    public mutating func refuse(_ isMeant: (Item) -> Bool) {
        for index in entries.indices[head...]
        where entries[index].state == .open && isMeant(entries[index].item) {
            entries[index].state = .refused
        }
    }

    /// The longest confirmed prefix, removed from the window.
    public mutating func takeConfirmed() -> [Item] {
        var taken: [Item] = []
        while head < entries.count, entries[head].state == .confirmed {
            taken.append(entries[head].item)
            head += 1
        }
        if head > 1024 || head == entries.count {
            entries.removeFirst(head)
            head = 0
        }
        return taken
    }

    /// Whether the broker refused something that must be published again.
    public var hasRefusals: Bool { entries[head...].contains { $0.state == .refused } }

    /// Empties the window for a new channel and returns what must be published again, in order.
    public mutating func restart() -> [Item] {
        let open = entries[head...].map(\.item)
        entries.removeAll(keepingCapacity: true)
        head = 0
        nextTag = 1
        return open
    }

    /// Tags ascend by one from the head, but the head's own tag depends on what was handed out.
    private func index(of tag: UInt64) -> Int? {
        guard head < entries.count else { return nil }
        let first = entries[head].tag
        guard tag >= first else { return nil }
        return min(head + Int(tag - first), entries.count - 1)
    }
}
