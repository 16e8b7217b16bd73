public import Foundation
public import Messages
public import Postgres

/// The source of a unit of work's rows: the database, or memory in tests without one.
public protocol RowSource: AnyObject {
    func load<R: Row>(_ type: R.Type, _ keys: [R.Key]) throws -> [R]
    func run(_ statement: Statement) throws -> Rows
}

/// The rows that a batch has loaded and changed (Fowler's unit of work with an identity map).
///
/// Handlers work on it synchronously: they find rows, save changed ones and return the facts that follow. What a
/// message changed is dropped if its handler throws. Nothing is written before the whole batch is handled.
/// Foreign keys between tables must be `DEFERRABLE INITIALLY DEFERRED`: tables are stored in name order.
public final class UnitOfWork {
    /// The message being handled.
    public private(set) var message: Header
    /// The broker user who published it; a service's own name for facts.
    public private(set) var publisher: String = ""
    /// When the batch began: for stamps, never for rules (business dates come with the message).
    public let now: Timestamp

    private let source: any RowSource
    private let service: String
    /// Opens free texts; nil in tests without a database.
    private let secret: ServiceSecret?
    private var maps: [ObjectIdentifier: any TableMap] = [:]
    private var notes: [ObjectIdentifier: any TableMap] = [:]
    /// What the publisher was granted.
    private(set) var scope = Scope.none
    /// Finds what has taken a closed unit over. Set by the router.
    var successions = Successions.none
    private var isAlone = false
    /// Whether the message being handled has changed the database already.
    private(set) var hasExecuted = false
    /// Free texts to store, and the persons and households whose texts to delete: of the messages that
    /// were kept, and of the one being handled.
    private(set) var texts: [FreeText] = []
    private(set) var erased: [UUID] = []
    /// What the receipt of an accepted command says besides.
    private(set) var remark: Refusal?
    private(set) var outcome: Receipt.Outcome?
    private var (newTexts, newErased): ([FreeText], [UUID]) = ([], [])
    /// Where the answer to the message being handled goes.
    private(set) var replyTo: ReplyAddress?
    /// What askers are told: by the messages that were kept, and by the one being handled.
    private(set) var notices: [Notice] = []
    private var newNotices: [Notice] = []

    /// - Parameter service: the service that handles the messages.
    public convenience init(
        source: any RowSource, service: String, now: Timestamp, message: Header
    ) {
        self.init(source: source, service: service, now: now, message: message, secret: nil)
    }

    init(
        source: any RowSource, service: String, now: Timestamp, message: Header,
        secret: ServiceSecret?
    ) {
        self.source = source
        self.service = service
        self.secret = secret
        self.now = now
        self.message = message
    }

    /// The row with that key, as the messages before this one left it.
    public func find<R: Row>(_ type: R.Type, _ key: R.Key) throws -> R? {
        try known(type, key).row(key)
    }

    /// The row with that id; a message that needs it waits until there is one.
    /// - Parameters:
    ///   - code: refuses the message when it has waited for too long.
    ///   - pointer: JSON Pointer inside `data`, where the message names the row.
    public func require<R: Row>(
        _ type: R.Type, _ id: UUID, else code: RefusalCode, at pointer: @autoclosure () -> String
    ) throws -> R where R.Key == UUID {
        guard let row = try find(type, id) else { throw Wait(for: id, else: code, at: pointer()) }
        return row
    }

    /// Refuses a message that makes a row which there is already.
    public func requireNew<R: Row>(
        _ type: R.Type, _ key: R.Key, else code: RefusalCode, at pointer: @autoclosure () -> String
    ) throws {
        guard try find(type, key) == nil else { throw Refusal(code, at: pointer()) }
    }

    /// The row that another row names. A batch reads its tables one after the other, so a row that was absent
    /// may have been committed since, together with the one that names it: it is looked for again.
    public func find<R: Row>(_ type: R.Type, named key: R.Key) throws -> R? {
        try find(type, all: [key]).first
    }

    /// The rows with those keys that there are, which another row names: loaded by one statement, and looked
    /// for again if they were absent.
    public func find<R: Row>(_ type: R.Type, all keys: [R.Key]) throws -> [R] {
        let map = rowMap(type)
        map.forgetAbsent(keys)
        let unknown = keys.filter { !map.isKnown($0) }
        if !unknown.isEmpty { map.fill(unknown, with: try source.load(type, unknown)) }
        return keys.compactMap { map.row($0) }
    }

    /// Inserts or updates a row and counts one more fact of it: save once for each fact it emits.
    public func save<R: Aggregate>(_ row: inout R) throws {
        row.sequence += 1
        try store(row)
    }

    /// Saves a row, and says what has happened to it.
    public func save<R: Aggregate>(_ row: inout R, _ fact: any Fact) throws -> Emission {
        try save(&row)
        return Emission(fact, of: row)
    }

    /// Inserts or updates a row that emits no fact: a projection, a detail.
    public func store<R: Row>(_ row: R) throws {
        try known(R.self, row.key).change(row)
    }

    public func append<R: Record>(_ record: R) {
        map(ObjectIdentifier(R.self), RecordMap<R>.init).append(record)
    }

    /// Says something in the receipt of a command that is accepted all the same, such as what stands
    /// instead of what it asked for.
    public func remark(
        _ code: RefusalCode, at pointer: @autoclosure () -> String, expected: String
    ) {
        remark = Refusal(code, at: pointer(), expected: expected)
    }

    /// Says in the receipt what became of the command, such as the state of what it has made.
    public func tell(_ state: String, place: Int? = nil) {
        outcome = Receipt.Outcome(state, place: place)
    }

    /// The same, for a state that has the name on the wire.
    public func tell(_ state: some RawRepresentable<String>, place: Int? = nil) {
        tell(state.rawValue, place: place)
    }

    /// The days that the message may name.
    public var days: BusinessDays { BusinessDays(of: message.time) }

    /// Stores a free text, such as a reason, apart from the row that it belongs to. It is sealed, kept for
    /// a stated time, and gone as soon as whom it is about is erased.
    /// - Parameters:
    ///   - field: the field of the message.
    ///   - record: the id of the row, or of the message that changed it.
    ///   - about: the person or household, if there is one.
    public func keep(_ text: String?, _ field: String, of record: UUID, about: UUID? = nil) {
        keep(text, field, of: record, about: Set([about].compactMap(\.self)))
    }

    /// The same for a text about several persons or households, or about all ids of one. The erasure of any takes it along.
    public func keep(_ text: String?, _ field: String, of record: UUID, about: Set<UUID>) {
        guard let text, !text.isEmpty else { return }
        newTexts.append(
            FreeText(
                record: record, field: field, origin: id(of: "text"), type: message.type,
                about: about, text: text))
    }

    /// The free texts of records and of commands, by record and field.
    func texts(of records: Set<UUID>) throws -> [HistoryText] {
        guard let secret else { return [] }
        return try FreeText.opened(source.run(FreeText.select(Array(records))), secret)
    }

    /// Deletes the free texts about persons and households that were erased.
    public func eraseTexts(about erased: [UUID]) { newErased += erased }

    /// Reads what the database holds; rows changed in this batch are not yet among it.
    public func query(_ statement: Statement) throws -> Rows { try source.run(statement) }

    /// Changes many rows by one statement, at once. Only for handlers registered `alone`: their
    /// transaction is their own, so a failure rolls back all of it.
    @discardableResult
    public func execute(_ statement: Statement) throws -> Rows {
        precondition(isAlone, "execute needs a handler registered with alone: true")
        hasExecuted = true
        return try source.run(statement)
    }

    /// Adds a row that stays even if the message is refused or a dry run: the trace of what was asked.
    public func note<R: Record>(_ record: R) {
        let id = ObjectIdentifier(R.self)
        let notes = notes[id] as? RecordMap<R> ?? RecordMap<R>()
        self.notes[id] = notes
        notes.append(record)
        notes.keep()
    }

    /// The id of one of several rows that the message makes: the same whenever it is handled.
    public func id(of name: String) -> UUID {
        DecidedMessage(id: message.id, publisher: publisher, service: service).row(name)
    }

    // MARK: The batch's side

    func begin(
        _ message: Header, publisher: String, scope: Scope, alone: Bool,
        replyTo: ReplyAddress? = nil
    ) {
        self.replyTo = replyTo
        self.message = message
        self.publisher = publisher
        self.scope = scope
        isAlone = alone
        hasExecuted = false
        (remark, outcome) = (nil, nil)
    }

    func keep() {
        for map in maps.values { map.keep() }
        texts += newTexts
        erased += newErased
        notices += newNotices
        (newTexts, newErased, newNotices) = ([], [], [])
    }

    func drop() {
        for map in maps.values { map.drop() }
        (newTexts, newErased, newNotices) = ([], [], [])
    }

    func add(_ notice: Notice) { newNotices.append(notice) }

    func rowMap<R: Row>(_ type: R.Type) -> RowMap<R> {
        map(ObjectIdentifier(type), RowMap<R>.init)
    }

    /// All changes of the batch, tables in name order.
    func statements() -> [Statement] {
        maps.values.sorted { $0.name < $1.name }.flatMap { $0.statements() } + noteStatements()
    }

    /// What stays of a dry run.
    func noteStatements() -> [Statement] { notes.values.flatMap { $0.statements() } }

    var insertedIDs: [UUID] { maps.values.flatMap(\.insertedIDs) }

    /// Further ids that messages may wait for, and need wait no longer.
    private(set) var wokenIDs: [UUID] = []

    func wake(_ id: UUID) { wokenIDs.append(id) }

    private func known<R: Row>(_ type: R.Type, _ key: R.Key) throws -> RowMap<R> {
        let map = rowMap(type)
        if !map.isKnown(key) { map.fill([key], with: try source.load(type, [key])) }
        return map
    }

    private func map<M: TableMap>(_ id: ObjectIdentifier, _ make: () -> M) -> M {
        if let map = maps[id] as? M { return map }
        let map = make()
        maps[id] = map
        return map
    }
}
