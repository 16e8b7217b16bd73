import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// The stock of a place at the end of each business date, on a database.
@Suite struct FundingStockDayTests {
    typealias Samples = FundingSamples
    let world: FundingWorld
    let place: Place

    init() throws {
        world = try FundingWorld()
        place = try Samples.place()
    }

    private func writeOff(_ quantity: Int, on day: String) throws -> WriteOffGoods {
        WriteOffGoods(
            writeOff: GoodsWriteOffID(UUID()), item: "mask", quantity: quantity, place: place,
            reason: "wet", businessDate: try Samples.date(day))
    }

    @Test("Goods are not given out or written off before they came in")
    func early() throws {
        try world.accept(try Samples.receive(10, of: "mask", at: place, on: "2020-02-20"))
        let answer = try world.bench.decide(
            try Samples.issue(1, of: "mask", from: place, on: "2020-02-19"))
        #expect(answer.code == "stock_exhausted")
        #expect(answer.pointer == "/data/quantity")
        #expect(answer.expected == "at most 0 of mask, which are there from then on")
        #expect(
            try world.refusal(try writeOff(1, on: "2020-02-19")) == "stock_exhausted /data/quantity"
        )
        try world.accept(try Samples.issue(10, of: "mask", from: place, on: "2020-02-20"))
        try world.expectSoundStock()
    }

    @Test("What is given out as of a day before leaves enough for what was given out since")
    func later() throws {
        try world.accept(try Samples.receive(10, of: "mask", at: place, on: "2020-02-01"))
        let issue = IssueID(UUID())
        try world.accept(try Samples.issue(8, of: "mask", from: place, id: issue, on: "2020-02-10"))
        try world.accept(
            ReturnGoods(
                goodsReturn: GoodsReturnID(UUID()), issue: issue, quantity: 8,
                businessDate: try Samples.date("2020-02-20")))
        // There are ten now, and were ten on the fifth; from the tenth to the twentieth there were two.
        #expect(
            try world.refusal(try Samples.issue(3, of: "mask", from: place, on: "2020-02-05"))
                == "stock_exhausted /data/quantity")
        try world.accept(try Samples.issue(2, of: "mask", from: place, on: "2020-02-05"))
        try world.accept(try Samples.issue(8, of: "mask", from: place, on: "2020-02-20"))
        try world.expectSoundStock()
    }

    @Test("Messages of one batch count for each other, day by day")
    func batch() throws {
        try world.accept(try Samples.receive(1, of: "mask", at: place, on: "2020-03-01"))
        let answers = try world.bench.decide([
            try Samples.receive(5, of: "mask", at: place, on: "2020-02-01"),
            try Samples.issue(4, of: "mask", from: place, on: "2020-02-02"),
            try Samples.issue(2, of: "mask", from: place, on: "2020-02-03"),
            try Samples.issue(1, of: "mask", from: place, on: "2020-02-03"),
            try Samples.issue(1, of: "mask", from: place, on: "2020-03-01"),
        ])
        #expect(answers.map(\.code) == [nil, nil, "stock_exhausted", nil, nil])
        #expect(answers[2].expected == "at most 1 of mask, which are there from then on")
        #expect(try world.stock(of: "mask", at: place) == 0)
        try world.expectSoundStock()
    }

    @Test("A kit is not made before its parts came in")
    func kit() throws {
        try world.accept(
            DefineKit(
                kit: "health-kit", version: 1, parts: [KitPart(item: "mask", quantity: 2)]))
        try world.accept(try Samples.receive(2, of: "mask", at: place, on: "2020-02-10"))
        func make(on day: String) throws -> KitGoods {
            KitGoods(
                kitting: KittingID(UUID()), kit: "health-kit", quantity: 1, place: place,
                businessDate: try Samples.date(day))
        }
        #expect(try world.refusal(try make(on: "2020-02-09")) == "stock_exhausted /data/quantity")
        try world.accept(try make(on: "2020-02-10"))
        #expect(
            try world.refusal(try Samples.issue(1, of: "health-kit", from: place, on: "2020-02-09"))
                == "stock_exhausted /data/quantity")
        try world.accept(try Samples.issue(1, of: "health-kit", from: place, on: "2020-02-10"))
        try world.expectSoundStock()
    }

    @Test("The database refuses a change after which a day would be below zero")
    func schema() throws {
        try world.accept(try Samples.receive(10, of: "mask", at: place, on: "2020-02-20"))
        _ = try world.bench.connection.run("UPDATE stock SET quantity = 9")
        let found = world.violation(
            """
            INSERT INTO stock_change (cause, item, territory, quantity, business_date)
            VALUES (\(UUID()), 'mask', \(Samples.community), -1, '2020-02-19')
            """)
        #expect(found?.state == "23514")
        #expect(found?.constraint == "stock_never_negative")
        _ = try world.bench.connection.run(
            "UPDATE stock_day SET day = '2020-03-01', quantity = quantity + 1")
        let problems = try world.bench.connection.run("SELECT problem FROM goods_check").map {
            try $0.decode(String.self, at: 0)
        }
        #expect(problems.contains("the days of a stock are not the sums of its changes"))
    }

    @Test("Of workers that give out the same goods on different days at once, one succeeds")
    func atOnce() throws {
        let (url, place) = (world.bench.url, place)
        for round in 1...4 {
            let item = "mask-\(round)"
            try world.accept(try Samples.receive(10, of: item, at: place, on: "2020-02-01"))
            try world.accept(try Samples.receive(10, of: item, at: place, on: "2020-03-01"))
            let codes = try Threads.run(3) { index, ready in
                let bench = try ServiceBench(Funding.definition, url: url)
                let command = try Samples.issue(
                    10, of: item, from: place, on: "2020-02-1\(index)")
                ready()
                return try bench.decide(command).code ?? "accepted"
            }
            #expect(
                codes.sorted() == ["accepted", "stock_exhausted", "stock_exhausted"],
                "round \(round)")
        }
        try world.expectSoundStock()
    }

    @Test("Random movements are refused exactly when a day would be below zero")
    func random() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed)
        let start = try Samples.date("2020-02-01")
        var days: [BusinessDate: Int] = [:]
        var refused = 0
        for step in 0..<200 {
            let (quantity, isIssue) = (1 + random.below(20), random.once(in: 2))
            let day = start.adding(days: random.below(40))
            var after = days
            after[day, default: 0] += isIssue ? -quantity : quantity
            var held = 0
            let isSound = after.sorted { $0.key < $1.key }.allSatisfy {
                held += $0.value
                return held >= 0
            }
            let command: any Command =
                isIssue
                ? try Samples.issue(quantity, of: "mask", from: place, on: day.description)
                : try Samples.receive(quantity, of: "mask", at: place, on: day.description)
            #expect(try (world.refusal(command) == nil) == isSound, "step \(step), seed \(seed)")
            if isSound { days = after } else { refused += 1 }
        }
        #expect(refused > 10, "seed \(seed)")
        try world.expectSoundStock()
    }
}
