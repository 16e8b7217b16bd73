/// The items that were published and are not yet confirmed, in the order of publishing.
///
/// A confirm takes effect as a *prefix*: `takeConfirmed` hands out an item only when all before it are
/// confirmed too, so a position derived from it never skips anything. Items are kept until then, and
/// so can be published again after a refusal (nack) or over a new connection.
public struct PublishWindow<Item> {
    private enum State { case open, confirmed, refused, givenUp }
    private struct Entry {
        let item: Item
        let tag: UInt64
        let mayBeRefused: Bool
        var state = State.open
    }
    private var entries: [Entry] = []
    private var givenUp: [Item] = []
    private var head = 0
    private var nextTag: UInt64 = 1

    public init() {}

    /// Items not yet handed out as confirmed.
    public var count: Int { entries.count - head }
    public var isEmpty: Bool { count == 0 }

    /// Records one publish on the current channel; the broker numbers them 1, 2, 3 ….
    /// - Parameter mayBeRefused: a refusal of it holds nothing back: it is handed out by `takeGivenUp`.
    public mutating func published(_ item: Item, mayBeRefused: Bool = false) {
        entries.append(Entry(item: item, tag: nextTag, mayBeRefused: mayBeRefused))
        nextTag += 1
    }

    /// Applies an acknowledgement (`confirmed`) or a refusal of the broker.
    public mutating func settle(tag: UInt64, multiple: Bool, confirmed: Bool) {
        guard let index = index(of: tag) else { return }
        for i in (multiple ? head : index)...index where entries[i].state == .open {
            let refusal: State = entries[i].mayBeRefused ? .givenUp : .refused
            entries[i].state = confirmed ? .confirmed : refusal
        }
    }

    /// Refuses open items whatever their confirms say: the broker confirms what it has returned, too.
    public mutating func refuse(_ isMeant: (Item) -> Bool) {
        for index in entries.indices[head...]
        where entries[index].state == .open && isMeant(entries[index].item) {
            entries[index].state = entries[index].mayBeRefused ? .givenUp : .refused
        }
    }

    /// The longest confirmed prefix, removed from the window.
    public mutating func takeConfirmed() -> [Item] {
        var taken: [Item] = []
        while head < entries.count, [.confirmed, .givenUp].contains(entries[head].state) {
            let entry = entries[head]
            if entry.state == .confirmed {
                taken.append(entry.item)
            } else {
                givenUp.append(entry.item)
            }
            head += 1
        }
        if head > 1024 || head == entries.count {
            entries.removeFirst(head)
            head = 0
        }
        return taken
    }

    /// Refused items that nobody waits for, since the last call. They left the window in their turn, as confirmed ones do.
    public mutating func takeGivenUp() -> [Item] {
        defer { givenUp = [] }
        return givenUp
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
