import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// A person is erased, and is looked for in everything that the deployment keeps.
    @Suite("Erasures")
    struct ErasureTests {
        private typealias Published = BackupWorld.Published

        private static let name = "陈小明"
        private static let residentID = "11010519491231002X"
        private static let telephone = "13950000001"
        private static let services = ["registry", "funding", "events", "reporting"]

        private let world: BackupWorld
        private let person = PersonID(UUID())
        private let other = PersonID(UUID())

        init() throws { world = try BackupWorld() }

        private func register() throws -> [Published] {
            [
                try Published(
                    LoadTerritory(
                        edition: Sample.day, source: "test",
                        units: [
                            TerritoryUnit(
                                code: Sample.district, nameZh: "思明区", nameEn: "Siming District",
                                validFrom: Sample.day)
                        ])),
                try Published(
                    RegisterPerson(
                        person: person, territory: Sample.district, registeredOn: Sample.day,
                        name: Self.name, residentId: Sample.value(ResidentID(Self.residentID)),
                        phone: Self.telephone)),
                try Published(
                    RegisterPerson(
                        person: other, territory: Sample.district, registeredOn: Sample.day,
                        name: "林小红",
                        residentId: Sample.value(ResidentID("350203197001010027")))),
            ]
        }

        private func erase() throws -> Published {
            try Published(ErasePerson(person: person, erasedOn: Sample.day))
        }

        /// Persons whose data can be read.
        private func readable() throws -> [PersonID] {
            try world.session("registry").run(
                "SELECT owner FROM data_key WHERE wrapped IS NOT NULL ORDER BY owner"
            ).map { try $0.decode(PersonID.self, at: 0) }
        }

        // MARK: A restore

        @Test func `A restore brings nobody back who was erased after the backup`() throws {
            let client = try world.client()
            var running = try world.start(["registry"])
            #expect(try Set(world.publish(register(), client)) == ["accepted"])
            let made = try world.backup()
            #expect(try world.publish([erase()], client) == ["accepted"])
            #expect(try readable() == [other])
            world.stop(running)

            let restored = try world.tool(["restore", made.directory, "--yes"])
            #expect(restored.status == 0, "\(restored.output) \(restored.error)")
            #expect(restored.output.contains("erased again when registry runs: 1"))
            #expect(
                try Set(readable()) == [person, other], "as in the backup, until registry runs")
            running = try world.start(["registry"])
            defer { world.stop(running) }
            try world.deployment.eventually("the person is erased again", within: 30) {
                try readable() == [other]
            }
            let again = try world.tool(["erase-again", world.place.path])
            #expect(again.output == "nobody has to be erased again\n", "\(again.error)")
        }

        @Test func `The list beside the backups outlives the loss of all databases`() throws {
            let client = try world.client()
            var running = try world.start(["registry"])
            try world.publish(register(), client)
            let first = try world.backup()
            try world.publish([erase()], client)
            _ = try world.backup()
            world.stop(running)
            try world.wipe()
            let restored = try world.tool([
                "restore", first.directory, "--yes", "--without-safety-copy",
            ])
            #expect(restored.status == 0, "\(restored.output) \(restored.error)")
            let list = try String(
                contentsOf: world.place.appending(path: ErasureList.fileName), encoding: .utf8
            ).lowercased()
            #expect(list.contains(person.description))
            #expect(!list.contains(other.description))
            running = try world.start(["registry"])
            defer { world.stop(running) }
            try world.deployment.eventually("the person is erased again", within: 30) {
                try readable() == [other]
            }
        }

        // MARK: Everything that is kept

        /// Sends the person's data where they do not belong: in bodies that cannot be handled, under routing
        /// keys of other services, in free texts and in a correlation id.
        private func spread(_ client: Client) throws {
            let said = "\(Self.name) \(Self.residentID) \(Self.telephone)"
            try client.publish(Array(#"{"name":"\#(said)","#.utf8), type: RegisterPerson.type)
            let foreign = try register()[1]
            try client.publish(foreign.body, type: ReceiveDonation.type)
            try client.publish(Array("{}".utf8), type: "nobody.\(Self.name).\(Self.telephone)")
            var donation = Sample.donation(to: UUID())
            donation.note = said
            try client.publish(donation)
            try client.flush()
        }

        @Test
        func `Of an erased person nothing is found in databases, dumps and logs`()
            throws
        {
            let client = try world.client()
            let running = try world.start(Self.services)
            defer { world.stop(running) }
            try world.publish(register(), client)
            try spread(client)
            try world.deployment.eventually("what cannot be handled is kept", within: 30) {
                try world.value("registry", "SELECT count(*) FROM dead_letter", as: Int64.self) >= 2
                    && world.value("funding", "SELECT count(*) FROM dead_letter", as: Int64.self)
                        >= 1
                    && world.value("funding", "SELECT count(*) FROM parked", as: Int64.self) >= 1
            }
            #expect(try world.publish([erase()], client) == ["accepted"])
            #expect(try readable() == [other])
            let made = try world.backup()
            for service in Self.services {
                let found = try rows(of: service).filter(holdsPerson)
                #expect(found.isEmpty, "\(service)")
            }
            #expect(try rows(of: "registry").contains { $0.contains(person.description) })
            let dumps = URL(filePath: made.directory)
            for file in try FileManager.default.contentsOfDirectory(
                at: dumps, includingPropertiesForKeys: nil)
            {
                #expect(try !holdsPerson(text(ofDump: file)), "\(file.lastPathComponent)")
            }
            for service in Self.services {
                let log = world.deployment.directory.appending(path: "\(service).log")
                #expect(try !holdsPerson(String(contentsOf: log, encoding: .utf8)), "\(service)")
            }
        }

        private func holdsPerson(_ text: String) -> Bool {
            [Self.name, Self.residentID, Self.telephone].contains { value in
                let hexadecimal = value.utf8.map { String(format: "%02x", $0) }.joined()
                return text.contains(value) || text.contains(hexadecimal)
            }
        }

        /// All rows of all tables as text.
        private func rows(of service: String) throws -> [String] {
            let connection = try world.session(service)
            return try connection.run(TableContents.names).flatMap { row in
                let table = try row.decode(String.self, at: 0)
                return try connection.run(
                    Statement(trusted: "SELECT t::text FROM \"\(table)\" AS t")
                )
                .map { try $0.decode(String.self, at: 0) }
            }
        }

        /// What a file of a backup says. A dump is compressed, so `pg_restore` writes it out.
        private func text(ofDump file: URL) throws -> String {
            guard file.lastPathComponent != BackupManifest.fileName else {
                return try String(contentsOf: file, encoding: .utf8)
            }
            let programs = try ClientPrograms.installed().restoring(
                StoredBackup(file.deletingLastPathComponent().path))
            let finished = try Deployment.run(
                programs.program("pg_restore"), ["--file=-", file.path], [:])
            #expect(finished.status == 0, "\(finished.error)")
            return finished.output
        }
    }
}
