import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

/// The ids of the persons who were erased, kept beside the backups, so that a restore brings nobody back.
/// It holds nothing else of them. `nuanxin backup` and `nuanxin restore` add to it, and nothing removes from
/// it.
struct ErasureList: Equatable {
    static let fileName = "erasures.json"

    private struct Entry: Codable {
        let person: PersonID
        /// Missing if only another service knew of the erasure.
        let erasedOn: BusinessDate?
    }

    private(set) var days: [PersonID: BusinessDate?] = [:]

    /// The list beside the backups in a directory; empty if there is none yet.
    init(in directory: URL) throws {
        let file = directory.appending(path: Self.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        let entries = try NamedFile.decode(
            [Entry].self, from: file.path, as: "the list that the last backup has written")
        for entry in entries { add(entry.person, entry.erasedOn) }
    }

    /// Adds whom the services know as erased. A database that has no such table, or that cannot be read, is
    /// passed over: the others may know.
    /// - Parameter address: of each service's database.
    private mutating func add(from address: (_ service: String) throws -> DatabaseAddress) {
        for (service, query) in Self.queries {
            guard let connection = try? connect(address(service)),
                let rows = try? connection.run(query)
            else { continue }
            for row in rows {
                guard let person = try? row.decode(PersonID.self, at: 0) else { continue }
                add(person, (try? row.decode(optional: BusinessDate.self, at: 1)) ?? nil)
            }
        }
    }

    private mutating func add(_ person: PersonID, _ day: BusinessDate?) {
        let known = days[person] ?? nil
        days.updateValue(known ?? day, forKey: person)
    }

    /// Brings the list beside the backups up to date. The file is complete at any time, and only its owner
    /// can read it.
    /// - Parameter address: of each service's database.
    static func update(
        in directory: URL, from address: (_ service: String) throws -> DatabaseAddress
    ) throws -> ErasureList {
        let before = try ErasureList(in: directory)
        var list = before
        list.add(from: address)
        if list != before { try list.write(to: directory) }
        return list
    }

    private func write(to directory: URL) throws {
        umask(0o077)
        let entries = days.map { Entry(person: $0.key, erasedOn: $0.value) }
            .sorted { $0.person.description < $1.person.description }
        try BackupManifest.encoder.encode(entries).write(
            to: directory.appending(path: Self.fileName), options: .atomic)
    }

    /// Who is not erased in a database of registry, or not there: the commands that erase them.
    func commands(for registry: DatabaseAddress, on today: BusinessDate) throws -> [ErasePerson] {
        let ids = days.keys.map(\.uuid)
        let erased = try connect(registry).run(
            "SELECT id FROM person WHERE id = ANY(\(ids)) AND erased_on IS NOT NULL"
        ).map { try $0.decode(PersonID.self, at: 0) }
        let done = Set(erased)
        return days.filter { !done.contains($0.key) }
            .map { ErasePerson(person: $0.key, erasedOn: $0.value ?? today) }
            .sorted { $0.person.description < $1.person.description }
    }

    /// Registry knows the day; the others keep the ids, under which it may be that registry is lost.
    private static let queries: [(service: String, query: Statement)] = [
        (
            "registry",
            """
            SELECT id, erased_on FROM person WHERE erased_on IS NOT NULL
            UNION ALL
            SELECT unnest(string_to_array(nullif(merged, ''), ' '))::uuid, erased_on
            FROM person WHERE erased_on IS NOT NULL
            """
        ),
        ("funding", "SELECT id, NULL::date FROM person WHERE is_erased"),
        ("events", "SELECT id, NULL::date FROM person WHERE is_erased"),
    ]

    private func connect(_ address: DatabaseAddress) throws -> Connection {
        try Connection(
            PostgresConfiguration(
                url: address.url, applicationName: ClientProgram.applicationName,
                connectTimeout: .seconds(5)))
    }
}
