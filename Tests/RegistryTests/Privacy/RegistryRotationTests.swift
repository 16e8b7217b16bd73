import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Rotating the master key of a real database while registry works.
@Suite struct RegistryRotationTests {
    /// More than one step wraps.
    private static let persons = 700
    private let bench: ServiceBench
    private let old: RegistryKey
    private let new: RegistryKey
    private let both: Keyring

    init() throws {
        old = try RegistrySamples.key()
        new = try RegistryKey(hexadecimal: String(repeating: "5a", count: 32))
        both = Keyring(new, old: old)
        bench = try ServiceBench(RegistrySamples.definition())
        try bench.decide(RegistrySamples.loadTerritory())
        try bench.decide((0..<Self.persons).map { try RegistrySamples.person($0) })
    }

    private func request() throws {
        _ = try bench.connection.run("INSERT INTO key_rotation (reason) VALUES ('test')")
    }

    private func finish(_ keyring: Keyring) throws {
        var steps = 0
        while try KeyRotation.step(bench.connection, keyring), steps < 100 { steps += 1 }
    }

    private struct State: Equatable {
        var total: Int64?
        var done: Int64
        var leftOver: Int64?
        var isFinished: Bool
    }

    private func state() throws -> State {
        let rows = try bench.connection.run(
            """
            SELECT total, done, left_over, finished_at IS NOT NULL FROM key_rotation
            ORDER BY id DESC LIMIT 1
            """)
        let row = try #require(rows.first)
        return State(
            total: try row.decode(optional: Int64.self, at: 0), done: try row.decode(at: 1),
            leftOver: try row.decode(optional: Int64.self, at: 2),
            isFinished: try row.decode(at: 3))
    }

    private func wrapped(by key: RegistryKey) throws -> Int64 {
        let rows = try bench.connection.run(
            "SELECT count(*) FROM data_key WHERE master = \(key.id)")
        return try #require(rows.first).decode(Int64.self, at: 0)
    }

    /// Whether registry with these keys finds the person of that serial by the number.
    private func isFound(_ serial: Int, _ keyring: Keyring) throws -> Bool {
        let service = try ServiceBench(Registry.definition(keyring), url: bench.url)
        let query = SearchRegistry(
            territory: try RegistrySamples.territory("350203"),
            residentId: try RegistrySamples.resident(serial), name: "示例人\(serial)")
        let body = String(decoding: try service.decide(query).body, as: UTF8.self)
        return body.contains("示例人\(serial)")
    }

    @Test func `nothing happens before the operator asks`() throws {
        #expect(try !KeyRotation.step(bench.connection, both))
        #expect(try wrapped(by: new) == 0)
    }

    @Test func `all keys and hashes are made anew, and the old key is no longer needed`() throws {
        try request()
        try finish(both)
        let all = Int64(Self.persons)
        #expect(
            try state() == State(total: all, done: all, leftOver: 0, isFinished: true))
        #expect(try wrapped(by: new) == all)
        #expect(try isFound(42, Keyring(new)))
        #expect(try !isFound(42, Keyring(old)))
        let service = try ServiceBench(Registry.definition(Keyring(new)), url: bench.url)
        #expect(try service.decide(RegistrySamples.person(42)).code == "resident_exists")
    }

    @Test func `a rotation that is ended in the middle goes on where it stood`() throws {
        try request()
        #expect(try KeyRotation.step(bench.connection, both))
        let half = try wrapped(by: new)
        #expect(half > 0 && half < Int64(Self.persons))
        // Both keys serve meanwhile, whichever has wrapped.
        for serial in 0..<20 { #expect(try isFound(serial, both)) }
        let service = try ServiceBench(Registry.definition(both), url: bench.url)
        #expect(try service.decide(RegistrySamples.person(5)).code == "resident_exists")
        // The process ends in its transaction: nothing of that step is kept.
        let other = try Connection(PostgresConfiguration(url: bench.url))
        _ = try other.run("BEGIN")
        _ = try other.run("UPDATE data_key SET master = master WHERE master = \(old.id)")
        other.close()
        #expect(try wrapped(by: new) == half)
        try finish(both)
        #expect(try state().done == Int64(Self.persons))
        #expect(try wrapped(by: old) == 0)
    }

    @Test func `keys that a replica wraps by the old key behind the cursor are found too`() throws {
        try request()
        #expect(try KeyRotation.step(bench.connection, both))
        try bench.decide(
            (Self.persons..<Self.persons + 50).map { try RegistrySamples.person($0) })
        try finish(both)
        #expect(try wrapped(by: old) == 0)
        #expect(try wrapped(by: new) == Int64(Self.persons) + 50)
        #expect(try isFound(Self.persons + 7, Keyring(new)))
    }

    @Test func `keys of a master key that is not at hand are left and counted`() throws {
        try request()
        try finish(Keyring(new))
        #expect(
            try state()
                == State(
                    total: Int64(Self.persons), done: 0, leftOver: Int64(Self.persons),
                    isFinished: true))
        #expect(try isFound(42, Keyring(old)))
    }

    @Test func `the keys of erased persons stay destroyed`() throws {
        let gone = try RegistrySamples.person(900)
        try bench.decide(gone)
        try bench.decide(
            ErasePerson(person: gone.person, erasedOn: RegistrySamples.date("2020-05-01")))
        try request()
        try finish(both)
        #expect(try state().done == Int64(Self.persons))
        let rows = try bench.connection.run(
            "SELECT wrapped IS NULL FROM data_key WHERE owner = \(gone.person)")
        #expect(try rows.first?.decode(Bool.self, at: 0) == true)
    }

    @Test func `one rotation is open at a time`() throws {
        try request()
        #expect(throws: PostgresError.self) { try request() }
        try finish(both)
        try request()
    }
}
