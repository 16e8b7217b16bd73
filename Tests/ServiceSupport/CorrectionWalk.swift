import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

/// What becomes of a command.
enum Fate: Hashable, Sendable {
    case accepted
    /// It waits until a stated time, and is refused with that code if what it waits for never comes.
    case parked(String)
    case refused(String)
    /// Something that no correction may lead to.
    case lost(String)
}

/// A small district with ids of its own, in which a correction is walked through.
protocol WalkWorld: Sendable {
    /// Whom the records are about.
    var person: PersonID { get }
    /// The registration that survives a merge with the person's.
    var double: PersonID { get }
    /// The id by which a correction names the person.
    var named: PersonID { get set }
    /// Who decides.
    var actor: Actor { get set }
    /// An officer of another street.
    var stranger: Actor { get }
    /// All that corrections change.
    static var tables: [String] { get }

    init() throws
    /// The service with the places and offices. The publisher `elsewhere` may send everything of another street.
    func bench() throws -> ServiceBench
    func merge(_ bench: ServiceBench) throws
    func erase(_ bench: ServiceBench) throws
}

/// One row of the table of corrections: what is corrected, how, and what is expected.
struct Correctable<World: WalkWorld>: Sendable, CustomTestStringConvertible {
    let type: any Command.Type
    /// What is corrected, if the type has several rows.
    var note = ""
    /// What there is before the record.
    var ground: @Sendable (World) throws -> [any Command] = { _ in [] }
    /// Makes the record, or brings it into the state that is corrected.
    let record: @Sendable (World) throws -> [any Command]
    let correction: @Sendable (World) throws -> any Command
    /// The correction when there is nothing yet.
    let first: Fate
    /// The correction when there is the ground, but not the record.
    let early: Fate
    /// The code by which the same is refused afterwards.
    let twice: String
    /// After a merge of the person, by either id.
    var merged = Fate.accepted
    var erased = Fate.accepted
    /// Counts 1 once the correction has taken effect, and 0 before.
    let effect: @Sendable (World) -> Statement

    var testDescription: String { note.isEmpty ? type.type : "\(type.type): \(note)" }
}

/// Plays one row on a database of its own.
struct CorrectionWalk<World: WalkWorld> {
    let row: Correctable<World>
    var world: World
    let bench: ServiceBench

    init(_ row: Correctable<World>) throws {
        self.row = row
        world = try World()
        bench = try world.bench()
    }

    // MARK: The walk

    /// The same message again is a duplicate; the same content in another message changes nothing.
    func twice() throws {
        try bench.make(row.ground(world) + row.record(world))
        let (command, id, time) = (try row.correction(world), UUID(), Timestamp.now())
        #expect(type(of: command) == row.type)
        #expect(try effect() == 0)
        let first = try bench.decide(command, id: id, time: time)
        #expect(try first.fate == .accepted, "\(first.code ?? "")")
        #expect(try effect() == 1)
        let (state, facts) = (try bench.state(of: World.self), bench.facts.count)
        let again = try bench.decide(command, id: id, time: time)
        #expect(again.status == "duplicate")
        #expect(again.first == "accepted")
        #expect(again.facts == first.facts && !first.facts.isEmpty)
        let other = try bench.decide(command)
        #expect(try other.fate == .refused(row.twice))
        #expect(other.pointer?.hasPrefix("/data") == true)
        #expect(bench.facts.count == facts)
        #expect(try bench.state(of: World.self) == state)
        try bench.expectNothingLeft()
    }

    /// Before there is anything, and before the record: it waits and is taken in once, or is refused and can be sent again.
    func early() throws {
        try arrive(as: row.first, before: row.ground(world) + row.record(world))
    }

    func beforeRecord() throws {
        try bench.make(row.ground(world))
        try arrive(as: row.early, before: row.record(world))
    }

    private func arrive(as fate: Fate, before commands: [any Command]) throws {
        let (command, id, time) = (try row.correction(world), UUID(), Timestamp.now())
        let answer = try bench.decide(command, id: id, time: time)
        #expect(try answer.fate == fate)
        try bench.make(commands)
        #expect(try effect() == 0)
        let late = try bench.handleWaiting()
        let again = try bench.decide(command, id: id, time: time)
        #expect(again.status == "duplicate")
        if case .parked = fate {
            #expect(try late.map { try $0.fate } == [.accepted], "\(late.first?.code ?? "")")
            #expect(late.first?.command == id.uuidString.lowercased())
            #expect(again.first == "accepted")
        } else {
            #expect(late.isEmpty)
            #expect(again.first == "rejected")
            #expect(try bench.decide(command).fate == .accepted)
        }
        #expect(try effect() == 1)
        #expect(try bench.handleWaiting().isEmpty)
        #expect(try bench.decide(command).fate == .refused(row.twice))
        try bench.expectNothingLeft()
    }

    /// Neither a publisher nor an officer of another street changes anything.
    func outOfScope() throws {
        try bench.make(row.ground(world) + row.record(world))
        let state = try bench.state(of: World.self)
        let command = try row.correction(world)
        let foreign = try bench.decide(command, publisher: "elsewhere")
        #expect(try foreign.fate == .refused("out_of_scope"))
        if SendingRight.of(row.type.type).hasActor {
            var other = world
            other.actor = world.stranger
            let decided = try bench.decide(row.correction(other))
            #expect(try decided.fate == .refused("outside_territory"))
            #expect(decided.pointer == "/data/actor/territory")
        }
        #expect(try bench.state(of: World.self) == state)
        #expect(try effect() == 0)
        #expect(try bench.decide(command).fate == .accepted)
        try bench.expectNothingLeft()
    }

    func merged(named: (World) -> PersonID) throws {
        try bench.make(row.ground(world) + row.record(world))
        try world.merge(bench)
        var world = world
        world.named = named(world)
        try correct(world, as: row.merged)
    }

    /// Nothing that may name the person is kept from then on.
    func erased() throws {
        try bench.make(row.ground(world) + row.record(world))
        try world.erase(bench)
        try correct(world, as: row.erased)
        #expect(try bench.texts(about: world.person.uuid).isEmpty)
    }

    private func correct(_ world: World, as fate: Fate) throws {
        let state = try bench.state(of: World.self)
        let answer = try bench.decide(row.correction(world))
        #expect(try answer.fate == fate)
        if fate == .accepted {
            #expect(try effect() == 1)
        } else {
            #expect(try bench.state(of: World.self) == state)
        }
        try bench.expectNothingLeft()
    }

    private func effect() throws -> Int { try bench.number(row.effect(world)) }
}

// MARK: Limits of the database

/// A correction that would violate a constraint of the tables, or comes near one.
struct CorrectionLimit<World: WalkWorld>: Sendable, CustomTestStringConvertible {
    let name: String
    let making: @Sendable (World) throws -> [any Command]
    let correction: @Sendable (World) throws -> any Command
    let fate: Fate

    init(
        _ name: String, _ fate: Fate, _ making: @escaping @Sendable (World) throws -> [any Command],
        then correction: @escaping @Sendable (World) throws -> any Command
    ) {
        (self.name, self.fate, self.making, self.correction) = (name, fate, making, correction)
    }

    var testDescription: String { name }

    func play() throws {
        let world = try World()
        let bench = try world.bench()
        try bench.make(making(world))
        let state = try bench.state(of: World.self)
        let answer = try bench.decide(correction(world))
        #expect(try answer.fate == fate)
        if fate != .accepted {
            #expect(try bench.state(of: World.self) == state)
            // A refusal that comes from a constraint does not know the place.
            #expect(answer.pointer?.hasPrefix("/data/") == true)
        }
        try bench.expectNothingLeft()
    }
}

extension ServiceBench {
    /// Decides what must be accepted.
    func make(_ commands: [any Command]) throws {
        for command in commands {
            let answer = try decide(command)
            #expect(
                try answer.fate == .accepted, "\(type(of: command).type): \(answer.code ?? "")")
        }
    }

    /// Handles parked messages that are due. Askers may also be told what has become of their records.
    fileprivate func handleWaiting() throws -> [Answered] {
        try handleParked().filter { $0.status != "notice" }
    }

    func number(_ statement: Statement) throws -> Int {
        try #require(connection.run(statement).first).decode(Int.self, at: 0)
    }

    /// All rows of the world's tables.
    fileprivate func state<World: WalkWorld>(of world: World.Type) throws -> [String] {
        try World.tables.flatMap { table in
            try connection.run(
                Statement(trusted: "SELECT '\(table) ' || t::text FROM \(table) AS t ORDER BY 1")
            ).map { try $0.decode(String.self, at: 0) }
        }
    }

    /// No message waits, and none was given up.
    fileprivate func expectNothingLeft() throws {
        #expect(
            try number(
                "SELECT (SELECT count(*) FROM parked) + (SELECT count(*) FROM dead_letter)") == 0)
    }
}

extension ServiceBench.Answered {
    /// What becomes of a command that was sent once.
    var fate: Fate {
        get throws {
            switch status {
            case "accepted": return .accepted
            case "rejected" where !Self.internal.contains(code ?? ""): return .refused(code ?? "")
            case "parked":
                let until = Receipt(body: body)?.until
                #expect(until != nil, "a command that waits is told until when")
                return .parked(code ?? "")
            default: return .lost("\(status ?? "no receipt") \(code ?? "")")
            }
        }
    }

    /// Codes that say nothing to whoever sent a valid command.
    private static let `internal`: Set<String> = [
        "", RefusalCode.constraintViolated.code, RefusalCode.handlerFailed.code, "row_locked",
    ]
}
