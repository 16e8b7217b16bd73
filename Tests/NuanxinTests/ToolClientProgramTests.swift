import Foundation
import Support
import Testing

@testable import Nuanxin

@Suite("Programs of PostgreSQL that the tool uses")
struct ToolClientProgramTests {
    private func programs(_ versions: Int...) -> [ClientPrograms] {
        versions.map { ClientPrograms(version: $0, directory: URL(filePath: "/programs/\($0)")) }
    }

    @Test func `Of those that are not older than the server the oldest dump it`() throws {
        #expect(try programs(15, 17, 18).dumping(server: 15).version == 15)
        #expect(try programs(15, 17, 18).dumping(server: 16).version == 17)
    }

    @Test func `Older ones than the server are refused with both versions and the package`() {
        let refused = #expect(throws: ClientPrograms.Missing.self) {
            try programs(14, 15).dumping(server: 17)
        }
        #expect(
            refused?.description.contains(
                "PostgreSQL 17's, and the client programs of this machine are of 14 and 15: none")
                == true)
        #expect(refused?.description.contains("package postgresql-client-17 ") == true)
        let none = #expect(throws: ClientPrograms.Missing.self) {
            try programs().dumping(server: 17)
        }
        #expect(none?.description.contains("this machine has no client programs") == true)
    }

    @Test func `Nothing is written before it is known that all can be dumped`() throws {
        let place = FileManager.default.temporaryDirectory.appending(
            path: TestServers.uniqueName("backups"))
        let database = try TestServers.newDatabase()
        let writer = BackupWriter(
            directory: place, address: { _ in try DatabaseAddress(database) },
            installed: programs(9))
        #expect(throws: ClientPrograms.Missing.self) { try writer.run() }
        #expect(!FileManager.default.fileExists(atPath: place.path))
    }

    @Test func `Doctor compares them with the server, and servers with what is supported`() {
        let older = #expect(throws: Finding.Fault.self) {
            try Examination.check(programs(15), server: 17)
        }
        #expect(older?.remedy.contains("postgresql-client-17") == true)
        #expect(throws: Never.self) { try Examination.check(programs(15, 17), server: 17) }
        #expect(throws: Finding.Fault.self) { try Examination.check(postgres: 14) }
        #expect(throws: Never.self) { try Examination.check(postgres: 15) }
        for version in ["3.9.29", "3.8.0", "2.10.0"] {
            #expect(throws: Finding.Fault.self) { try Examination.check(rabbitMQ: version) }
        }
        for version in ["3.10.8", "4.0.5", "4.2.0-rc.1", "unheard of"] {
            #expect(throws: Never.self) { try Examination.check(rabbitMQ: version) }
        }
    }

    @Test func `A directory has them if all three are there and say their version`() throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: TestServers.uniqueName("programs"))
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for name in ["pg_dump", "pg_restore", "psql"] {
            #expect(ClientPrograms(in: directory) == nil)
            let file = directory.appending(path: name)
            try "#!/bin/sh\necho '\(name) (PostgreSQL) 18beta1 (of somebody)'\n"
                .write(to: file, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
        #expect(ClientPrograms(in: directory)?.version == 18)
    }

    @Test func `Of a dump's first settings those alone go to the server that it has`() {
        let dump = """
            --
            -- PostgreSQL database dump
            --

            \\restrict iYx4

            -- Dumped by pg_dump version 17.12

            SET statement_timeout = 0;
            SET transaction_timeout = 0;
            SELECT pg_catalog.set_config('search_path', '', false);
            SET row_security = off;

            --
            -- Name: person; Type: TABLE
            --

            CREATE TABLE public.person ();
            SET transaction_timeout = 0;

            """
        let known = DumpPreamble.known(Data(dump.utf8), ["statement_timeout", "row_security"])
        let expected = dump.replacing(
            "SET transaction_timeout = 0;\n", with: "", maxReplacements: 1)
        #expect(String(decoding: known, as: UTF8.self) == expected)
        let all = DumpPreamble.known(
            Data(dump.utf8), ["statement_timeout", "transaction_timeout", "row_security"])
        #expect(String(decoding: all, as: UTF8.self) == dump)
    }
}
