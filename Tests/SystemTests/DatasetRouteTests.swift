import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    @Suite("What is published, over HTTP")
    struct DatasetRouteTests {
        private let world: SubscriberWorld
        private let address: String

        init() throws {
            world = try SubscriberWorld(seed: 7, isFaulty: false)
            try world.publishSome()
            try world.awaitPublished()
            address = try world.address()
        }

        private struct Answer {
            let status: Int
            let type: String
            let body: String

            var lines: [Substring] { body.split(separator: "\n") }

            func json(_ line: Int = 0) throws -> [String: Any] {
                let line = try #require(lines.dropFirst(line).first)
                let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
                return try #require(value as? [String: Any])
            }
        }

        private func get(_ path: String, accept: String = "*/*") throws -> Answer {
            let finished = try Deployment.run(
                URL(filePath: "/usr/bin/curl"),
                [
                    "-sS", "-H", "accept: \(accept)", "-w", "\n%{http_code} %{content_type}",
                    address + path,
                ], ["PATH": "/usr/bin:/bin"])
            #expect(finished.status == 0, "\(finished.error)")
            let body = finished.output.split(separator: "\n", omittingEmptySubsequences: false)
            let end = (body.last ?? "").split(separator: " ", maxSplits: 1)
            return Answer(
                status: Int(end.first ?? "") ?? 0, type: end.count > 1 ? String(end[1]) : "",
                body: body.dropLast().joined(separator: "\n"))
        }

        @Test func `The datasets are listed with the place and the digest of each`() throws {
            defer { world.deployment.stopAll() }
            let answer = try get("/v1/datasets")
            #expect(answer.status == 200)
            let list = try #require(try answer.json()["datasets"] as? [[String: Any]])
            #expect(
                list.map { $0["dataset"] as? String } == ["activities", "families", "funding"])
            let dataset = try world.dataset()
            let last = try #require(list.last)
            #expect(last["digest"] as? String == dataset.digest)
            #expect(last["epoch"] as? Int64 == dataset.epoch)
            #expect(last["seq"] as? Int64 == dataset.seq)
        }

        @Test func `A snapshot is a line that says where, then a cell a line`() throws {
            defer { world.deployment.stopAll() }
            let answer = try get("/v1/datasets/funding/snapshot")
            #expect(answer.status == 200)
            #expect(answer.type == "application/x-ndjson")
            let dataset = try world.dataset()
            #expect(try answer.json()["digest"] as? String == dataset.digest)
            #expect(try answer.json()["cells"] as? Int64 == dataset.cells)
            let store = try FileStore(nil, dataset: "funding")
            let cells = try answer.lines.dropFirst().map {
                try JSONDecoder().decode(CellChanged.self, from: Data($0.utf8))
            }
            try store.apply(
                cells, SubscriberPosition(dataset: "funding", epoch: 1, seq: 1, offset: nil))
            #expect(store.digest().description == dataset.digest)
        }

        @Test(arguments: ["?format=csv", ""])
        func `A snapshot as CSV has a measure a line`(_ query: String) throws {
            defer { world.deployment.stopAll() }
            let answer = try get(
                "/v1/datasets/funding/snapshot\(query)", accept: query == "" ? "text/csv" : "*/*")
            #expect(answer.status == 200)
            #expect(answer.type.hasPrefix("text/csv"))
            let lines = answer.body.split(separator: "\r\n")
            #expect(lines.first?.hasPrefix("dataset,epoch,seq,territory,period,programme") == true)
            let line = try #require(
                lines.first { $0.contains(",350203,all,") && $0.contains(",donations_fen,,") })
            #expect(line.contains(",0,provisional,"))
            #expect(line.contains(",value,"))
        }

        @Test func `Events are the cells of a range, each as it was published`() throws {
            defer { world.deployment.stopAll() }
            let dataset = try world.dataset()
            let answer = try get(
                "/v1/datasets/funding/events?epoch=\(dataset.epoch)&since=2&until=6")
            #expect(answer.status == 200)
            #expect(answer.lines.count == 5)
            let seqs = try (1...4).map { try answer.json($0)["seq"] as? Int64 }
            #expect(seqs == [3, 4, 5, 6])
        }

        @Test func `A range that is gone, or of another epoch, is 410 and says what there is`()
            throws
        {
            defer { world.deployment.stopAll() }
            try world.forget()
            let dataset = try world.dataset()
            let gone = try get("/v1/datasets/funding/events?since=2")
            #expect(gone.status == 410)
            #expect(try gone.json()["code"] as? String == "range_gone")
            #expect(try gone.json()["pointer"] as? String == "/since")
            #expect(
                try gone.json()["expected"] as? String
                    == "a seq from \(dataset.seq) to \(dataset.seq), or a snapshot")
            let other = try get("/v1/datasets/funding/events?since=2&epoch=5")
            #expect(other.status == 410)
            #expect(try other.json()["code"] as? String == "epoch_gone")
        }

        @Test func `What is wrong with a request is said with a pointer`() throws {
            defer { world.deployment.stopAll() }
            let unknown = try get("/v1/datasets/money/snapshot")
            #expect(unknown.status == 404)
            #expect(try unknown.json()["code"] as? String == "unknown_dataset")
            for (query, pointer) in [
                ("events?since=x", "/since"), ("events?until=-1", "/until"),
                ("snapshot?format=xml", "/format"), ("snapshot?boundaries=2020", "/boundaries"),
                ("events?boundaries=2020-01-01", "/boundaries"), ("groups?by=luck", "/by"),
                ("groups?by=series&boundaries=2020", "/boundaries"),
                ("snapshot?boundaries=2020-01-01&series=luck", "/series"),
            ] {
                let answer = try get("/v1/datasets/funding/\(query)")
                #expect(answer.status == 400)
                #expect(try answer.json()["code"] as? String == "wrong_parameter")
                #expect(try answer.json()["pointer"] as? String == pointer)
            }
        }

        @Test func `Before territories are loaded there are no boundaries to ask for`() throws {
            defer { world.deployment.stopAll() }
            let answer = try get("/v1/datasets/funding/snapshot?boundaries=2020-01-01")
            #expect(answer.status == 400)
            #expect(try answer.json()["code"] as? String == "boundaries_too_early")
            #expect(try answer.json()["pointer"] as? String == "/boundaries")
            #expect(
                try answer.json()["expected"] as? String
                    == "a list of territories to be loaded, or figures to be rebuilt")
        }

        @Test func `The dictionary has every measure in both languages`() throws {
            defer { world.deployment.stopAll() }
            for dataset in ["activities", "families", "funding"] {
                let answer = try get("/v1/datasets/\(dataset)/dictionary")
                #expect(answer.status == 200)
                let measures = try #require(try answer.json()["measures"] as? [[String: Any]])
                #expect(measures.count >= 9)
                for measure in measures {
                    for name in ["measure", "unit", "zh", "en", "kind", "reads"] {
                        #expect((measure[name] as? String)?.isEmpty == false)
                    }
                }
            }
        }
    }
}
