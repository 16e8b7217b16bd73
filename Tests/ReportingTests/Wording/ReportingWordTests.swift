import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("What a district calls things, on a real database")
struct ReportingWordTests {
    private var world: DashboardWorld

    init() throws { world = try DashboardWorld() }

    private func word(
        _ kind: WordKind, _ code: String, by dimension: String? = nil, version: Int = 1
    ) -> DefineWord {
        DefineWord(
            kind: kind, code: code, dimension: dimension, version: version, reason: "a test",
            nameZh: "新词", nameEn: "new word")
    }

    private func catalogue() throws -> MeasureCatalogue {
        try MeasureCatalogue { try world.bench.connection.run($0) }
    }

    @Test func `a measure and a part are called what the association calls them`() throws {
        #expect(try catalogue().words(for: "goods_issued:mask") == Words("口罩", "masks"))
        #expect(
            try catalogue().words(for: "insured_households:only_child_parents").en
                == "only-child households, parents 51–65")
        let commands = [
            word(.measure, "goods_issued"), word(.part, "mask", by: "item", version: 2),
            word(.part, "low_income", by: "basis"),
        ]
        for answer in try world.bench.decide(commands) { #expect(answer.status == "accepted") }
        let catalogue = try catalogue()
        let new = Words("新词", "new word")
        #expect(catalogue.words(for: "goods_issued") == new)
        #expect(catalogue.words(for: "goods_issued:mask") == new)
        #expect(catalogue.words(for: "families_supplied:mask") == new, "wherever it is a part")
        #expect(catalogue.words(for: "insured_households:low_income") == new)
        #expect(catalogue.words(for: "families_supplied") != new)
        let dictionary = try DataDictionary(of: "funding", world.bench.connection)
        #expect(dictionary.measures.first { $0.measure == "goods_issued" }?.zh == "新词")
        let fact = world.bench.facts.compactMap { $0.payload as? WordDefined }.last
        #expect(fact?.dimension == "basis")
        #expect(world.bench.facts.last?.header.subject == "part/basis/low_income")
    }

    @Test func `without words of its own a district has those of the dictionary`() throws {
        let bench = try ServiceBench(Reporting.definition)
        let measures = try MeasureCatalogue { try bench.connection.run($0) }
        #expect(measures.words(for: "insured_persons") == Words("投保人数", "insured persons"))
        #expect(measures.words(for: "goods_issued:mask") == Words(both: "mask"))
        for measure in measures.all {
            for belongs in ["护理", "意外", "nursing", "accident", "supplement"] {
                #expect(!measure.words.zh.contains(belongs), "\(measure.name)")
                #expect(!measure.words.en.contains(belongs), "\(measure.name)")
            }
        }
    }

    @Test func `a word of another version than the next is refused`() throws {
        let answer = try world.bench.decide(word(.part, "mask", by: "item"))
        #expect(answer.code == "word_version_taken")
        #expect(answer.pointer == "/data/version")
        #expect(answer.expected == "2")
    }

    @Test func `what there is not has no word`() throws {
        let wrong: [(DefineWord, String)] = [
            (word(.measure, "luck"), "unknown_measure /data/code"),
            (word(.part, "x", by: "colour"), "unknown_dimension /data/dimension"),
            (word(.part, "rich", by: "basis"), "unknown_part /data/code"),
        ]
        for (command, expected) in wrong {
            let answer = try world.bench.decide(command)
            #expect("\(answer.code ?? "") \(answer.pointer ?? "")" == expected)
        }
        #expect(try world.bench.decide(word(.part, "a-drum", by: "item")).status == "accepted")
        #expect(try world.bench.decide(word(.keyTask, "a-task")).status == "accepted")
    }

    @Test func `a programme says what it belongs to, and again what it belongs to no more`() throws
    {
        func define(_ version: Int, series: String?, keyTask: String?) throws {
            let answer = try world.bench.decide(
                DefineProgramme(
                    programme: ReportingFacts.warmHome, version: version, reason: "a test",
                    nameZh: "家园", nameEn: "Home", series: series.flatMap { Programme($0) },
                    keyTask: keyTask.flatMap { Programme($0) }))
            #expect(answer.status == "accepted", "\(answer.code ?? "")")
        }
        func names() throws -> ProgrammeNames {
            try ProgrammeNames { try world.bench.connection.run($0) }
        }
        #expect(try names().groups(by: .series)["warm-home"] == "warm")
        try define(2, series: "other", keyTask: nil)
        #expect(try names().groups(by: .series)["warm-home"] == "other")
        #expect(try names().groups(by: .keyTask)["warm-home"] == nil)
        try define(3, series: nil, keyTask: "rights")
        #expect(try names().groups(by: .series)["warm-home"] == nil)
        #expect(try names().groups(by: .keyTask)["warm-home"] == "rights")
    }
}
