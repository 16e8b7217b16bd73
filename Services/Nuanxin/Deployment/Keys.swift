import ArgumentParser
import CommandLineKit
import Foundation
import Postgres
import ServiceKit

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Count and rotate the keys of personal data.",
        subcommands: [KeysStatus.self, KeysRotate.self])

    static func connection() throws -> Connection {
        try orExit { try ServiceDatabases().open("registry") }
    }
}

struct KeysStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Count the keys of persons and households by master key.")

    func run() throws {
        let rows = try KeysCommand.connection().run(
            """
            SELECT coalesce(encode(master, 'hex'), 'destroyed'), count(*)
            FROM data_key GROUP BY master ORDER BY master
            """)
        var table = TextTable([("master key", .left), ("keys", .right)])
        for row in rows {
            let keys: Int64 = try row.decode(at: 1)
            table.add([try row.decode(String.self, at: 0), "\(keys)"])
        }
        say(table.text)
    }
}

struct KeysRotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract:
            "Let registry wrap all keys of persons and households with its current master key.",
        discussion: """
            First restart all of registry with the new key as NUANXIN_REGISTRY_KEY and the old one as \
            NUANXIN_REGISTRY_OLD_KEY. It works with both. When the rotation is complete, restart registry \
            without the old key. No key passes through this tool. If the command is interrupted, run it \
            again.

            Status 3 if nothing moves for --wait seconds, 4 if keys are left over.
            """)

    @Option(help: "The reason, for the record.")
    var reason: String
    @Option(help: "Seconds without progress after which the command stops watching.")
    var wait = 30

    func run() throws {
        let connection = try KeysCommand.connection()
        _ = try connection.run(
            "INSERT INTO key_rotation (reason) VALUES (\(reason)) ON CONFLICT DO NOTHING")
        let rows = try connection.run("SELECT id FROM key_rotation WHERE finished_at IS NULL")
        guard let rotation: Int32 = try rows.first?.decode(at: 0) else {
            throw ExitCode.error("the rotation ended at once; run it again to see", 3)
        }
        let watch = RotationWatch(rotation: rotation, connection: connection)
        guard let end = try watch.run(.seconds(wait)) else {
            throw ExitCode.error("nothing moves; does registry run?", 3)
        }
        say("\(end.done) keys wrapped anew")
        guard end.leftOver == 0 else {
            throw ExitCode.error(
                """
                \(end.leftOver) keys are left that registry cannot open; is NUANXIN_REGISTRY_OLD_KEY the \
                key that wraps them?
                """, 4)
        }
    }
}

/// Watches registry's rotation.
private struct RotationWatch {
    private static let pause = 0.2

    let rotation: Int32
    let connection: Connection

    struct State: Equatable {
        /// Nil before registry has begun.
        var total: Int64?
        var done: Int64 = 0
        var leftOver: Int64 = 0
        var isFinished = false
    }

    /// - Returns: nil if nothing has moved for so long.
    func run(_ patience: Duration) throws -> State? {
        var last = State()
        var moved = ContinuousClock.now
        var bar: ProgressBar?
        while ContinuousClock.now - moved < patience {
            let state = try read()
            if state != last { (last, moved) = (state, .now) }
            if let total = state.total {
                bar = bar ?? ProgressBar("rotate", total: Int(total), unit: "keys ")
                bar?.show(Int(state.done))
            }
            if state.isFinished {
                bar?.finish()
                return state
            }
            Thread.sleep(forTimeInterval: Self.pause)
        }
        return nil
    }

    private func read() throws -> State {
        let rows = try connection.run(
            """
            SELECT total, done, coalesce(left_over, 0), finished_at IS NOT NULL
            FROM key_rotation WHERE id = \(rotation)
            """)
        guard let row = rows.first else { return State() }
        return State(
            total: try row.decode(optional: Int64.self, at: 0), done: try row.decode(at: 1),
            leftOver: try row.decode(at: 2), isFinished: try row.decode(at: 3))
    }
}
