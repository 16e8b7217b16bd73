import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Goods in stock, on a database.
@Suite struct FundingGoodsTests {
    typealias Samples = FundingSamples
    let world: FundingWorld
    let place: Place

    init() throws {
        world = try FundingWorld()
        place = try Samples.place()
    }

    @Test("Goods come into the stock of a place, and a site is a place of its own")
    func receive() throws {
        let site = try Samples.place(site: world.site())
        let command = try Samples.receive(100, of: "mask", at: place)
        try world.expectOnce(command)
        try world.accept(try Samples.receive(20, of: "mask", at: site))
        #expect(try world.refusal(command) == "movement_exists /data/receipt")
        #expect(try world.stock(of: "mask", at: place) == 100)
        #expect(try world.stock(of: "mask", at: site) == 20)
        #expect(world.facts(GoodsReceived.self).map(\.quantity) == [100, 20])
        try world.expectSoundStock()
    }

    @Test(
        "A household gets goods: the fact says which, where it lives and that one family got them")
    func household() throws {
        let family = try world.family(.bereaved, in: "350203007902")
        try world.accept(try Samples.receive(100, of: "mask", at: place))
        let recipient = GoodsRecipient(kind: .household, id: family.uuid)
        try world.expectOnce(try Samples.issue(10, of: "mask", from: place, to: recipient))
        let fact = try #require(world.facts(GoodsIssued.self).first)
        #expect(fact.household == family)
        #expect(fact.territory.rawValue == "350203007902")
        #expect(fact.place == place)
        #expect(fact.familiesSupplied == 1)
        #expect(fact.programme?.rawValue == "epidemic-relief")
        #expect(try world.stock(of: "mask", at: place) == 90)
        try world.expectSoundStock()
    }

    @Test("Goods for a person count for the household; for a site or a crowd as many as are said")
    func others() throws {
        try world.accept(try Samples.receive(1_000, of: "mask", at: place))
        let person = try world.mother()
        let site = try world.site().uuid
        for (recipient, families) in [
            (GoodsRecipient(kind: .person, id: person.uuid), nil),
            (GoodsRecipient(kind: .site, id: site), nil), (nil, 400), (nil, nil),
        ] as [(GoodsRecipient?, Int?)] {
            try world.accept(
                try Samples.issue(10, of: "mask", from: place, to: recipient, families: families))
        }
        let facts = world.facts(GoodsIssued.self)
        try #require(facts.map(\.familiesSupplied) == [1, 0, 400, 0])
        #expect(facts[0].person == person)
        #expect(facts[0].household != nil)
        #expect(facts[1].site?.uuid == site)
    }

    @Test("A place gives out no more than it has")
    func exhausted() throws {
        try world.accept(try Samples.receive(10, of: "mask", at: place))
        let answers = try world.bench.decide(
            try [6, 5, 4].map { try Samples.issue($0, of: "mask", from: place) })
        try #require(answers.map(\.code) == [nil, "stock_exhausted", nil])
        #expect(answers[1].expected == "at most 4 of mask, which are there")
        #expect(
            try world.refusal(try Samples.issue(1, of: "kit", from: place))
                == "stock_exhausted /data/quantity")
        let violation = world.violation("UPDATE stock SET quantity = -1")
        #expect(violation?.constraint == "stock_never_negative")
        try world.expectSoundStock()
    }

    @Test("Of several workers that give out the last ones at once, one succeeds")
    func atOnce() throws {
        let url = world.bench.url
        let place = place
        for round in 1...5 {
            let item = "mask-\(round)"
            try world.accept(try Samples.receive(10, of: item, at: place))
            let codes = try Threads.run(3) { _, ready in
                let bench = try ServiceBench(Funding.definition, url: url)
                let command = try Samples.issue(10, of: item, from: place)
                ready()
                return try bench.decide(command).code ?? "accepted"
            }
            #expect(
                codes.sorted() == ["accepted", "stock_exhausted", "stock_exhausted"],
                "round \(round)")
        }
        try world.expectSoundStock()
    }

    @Test("Workers that receive the first of an item at once lose none")
    func firstAtOnce() throws {
        let url = world.bench.url
        let place = place
        let codes = try Threads.run(4) { _, ready in
            let bench = try ServiceBench(Funding.definition, url: url)
            let command = try Samples.receive(10, of: "leaflet", at: place)
            ready()
            return try bench.decide(command).code ?? "accepted"
        }
        #expect(codes == Array(repeating: "accepted", count: 4))
        #expect(try world.stock(of: "leaflet", at: place) == 40)
        try world.expectSoundStock()
    }

    @Test("An issue waits for the household it goes to, a return for its issue")
    func waits() throws {
        try world.accept(try Samples.receive(10, of: "mask", at: place))
        let (family, issue) = (HouseholdID(UUID()), IssueID(UUID()))
        let fact = try Samples.household(
            family, .bereaved, born: "1955-03-01", in: Samples.community)
        let recipient = GoodsRecipient(kind: .household, id: family.uuid)
        try world.expectWait(
            try Samples.issue(10, of: "mask", from: place, to: recipient)
        ) {
            try world.bench.take(fact, subject: family.uuid, sequence: 1)
        }
        try world.accept(try Samples.receive(10, of: "mask", at: place))
        let back = ReturnGoods(
            goodsReturn: GoodsReturnID(UUID()), issue: issue, quantity: 1,
            businessDate: try Samples.date("2020-02-11"))
        try world.expectWait(back) {
            try world.accept(try Samples.issue(10, of: "mask", from: place, id: issue))
        }
    }

    @Test("What comes back goes into the stock it came from, and is no more than what is out")
    func giveBack() throws {
        try world.accept(try Samples.receive(10, of: "mask", at: place))
        let issue = IssueID(UUID())
        try world.accept(
            try Samples.issue(10, of: "mask", from: place, families: 5, id: issue))
        func back(_ quantity: Int, on day: String = "2020-02-11") throws -> ReturnGoods {
            ReturnGoods(
                goodsReturn: GoodsReturnID(UUID()), issue: issue, quantity: quantity,
                businessDate: try Samples.date(day))
        }
        #expect(
            try world.refusal(try back(1, on: "2020-02-09"))
                == "date_too_early /data/businessDate")
        #expect(try world.refusal(try back(11)) == "more_than_issued /data/quantity")
        let first = try back(4)
        try world.expectOnce(first)
        #expect(try world.refusal(first) == "goods_return_exists /data/goodsReturn")
        #expect(try world.refusal(try back(7)) == "more_than_issued /data/quantity")
        try world.accept(try back(6))
        let facts = world.facts(GoodsReturned.self)
        #expect(facts.map(\.leftQuantity) == [6, 0])
        #expect(facts.map(\.familiesSupplied) == [5, 0])
        #expect(try world.stock(of: "mask", at: place) == 10)
        try world.expectSoundStock()
    }

    @Test("Spoilt goods are written off, and no more than are there")
    func writeOff() throws {
        try world.accept(try Samples.receive(10, of: "mask", at: place))
        func off(_ quantity: Int) throws -> WriteOffGoods {
            WriteOffGoods(
                writeOff: GoodsWriteOffID(UUID()), item: "mask", quantity: quantity, place: place,
                reason: "wet", businessDate: try Samples.date("2020-02-11"))
        }
        #expect(try world.refusal(try off(11)) == "stock_exhausted /data/quantity")
        let command = try off(10)
        try world.expectOnce(command)
        #expect(try world.refusal(command) == "movement_exists /data/writeOff")
        #expect(world.facts(GoodsWrittenOff.self).map(\.quantity) == [10])
        #expect(try world.stock(of: "mask", at: place) == 0)
        try world.expectSoundStock()
    }

    @Test("A publisher moves goods in its territory only")
    func scope() throws {
        let bench = HandlerBench(Funding.definition)
        let scope = [try Samples.territory("350203008")]
        let commands: [any Command] = [
            try Samples.receive(1, of: "mask", at: place),
            try Samples.issue(1, of: "mask", from: place),
            KitGoods(
                kitting: KittingID(UUID()), kit: "kit", quantity: 1, place: place,
                businessDate: try Samples.date("2020-02-01")),
            WriteOffGoods(
                writeOff: GoodsWriteOffID(UUID()), item: "mask", quantity: 1, place: place,
                reason: "wet", businessDate: try Samples.date("2020-02-01")),
        ]
        for command in commands {
            let refusal = try bench.handle(command, territories: scope).refusal
            #expect(refusal?.code == "out_of_scope")
            #expect(refusal?.pointer == "/data/place/territory")
        }
    }

    // MARK: Kits

    private func define(_ version: Int, _ parts: [(String, Int)]) -> DefineKit {
        DefineKit(
            kit: "health-kit", version: version,
            parts: parts.map { KitPart(item: $0.0, quantity: $0.1) })
    }

    private func make(_ quantity: Int) throws -> KitGoods {
        KitGoods(
            kitting: KittingID(UUID()), kit: "health-kit", quantity: quantity, place: place,
            businessDate: try Samples.date("2020-02-05"))
    }

    @Test("Kits are made of the parts that the bill of materials says, or not at all")
    func kit() throws {
        try world.expectOnce(define(1, [("mask", 10), ("thermometer", 1)]))
        try world.accept(try Samples.receive(2_000, of: "mask", at: place))
        try world.accept(try Samples.receive(199, of: "thermometer", at: place))
        #expect(try world.refusal(try make(200)) == "stock_exhausted /data/quantity")
        #expect(try world.stock(of: "mask", at: place) == 2_000)
        try world.accept(try Samples.receive(1, of: "thermometer", at: place))
        let command = try make(200)
        try world.expectOnce(command)
        #expect(try world.refusal(command) == "movement_exists /data/kitting")
        #expect(try world.stock(of: "mask", at: place) == 0)
        #expect(try world.stock(of: "thermometer", at: place) == 0)
        #expect(try world.stock(of: "health-kit", at: place) == 200)
        let fact = try #require(world.facts(GoodsKitted.self).first)
        #expect(
            fact.parts == [
                KitPart(item: "mask", quantity: 2_000), KitPart(item: "thermometer", quantity: 200),
            ])
        try world.expectSoundStock()
    }

    @Test("Kits are made by the current version, and versions only go up")
    func kitVersions() throws {
        try world.accept(define(1, [("mask", 10)]))
        try world.accept(define(3, [("mask", 5)]))
        #expect(try world.refusal(define(2, [("mask", 1)])) == "version_exists /data/version")
        try world.accept(try Samples.receive(5, of: "mask", at: place))
        try world.accept(try make(1))
        #expect(world.facts(GoodsKitted.self).map(\.version) == [3])
    }

    @Test("Making kits waits until it is known what they are made of")
    func kitWaits() throws {
        try world.accept(try Samples.receive(10, of: "mask", at: place))
        try world.expectWait(try make(1)) { try world.accept(define(1, [("mask", 10)])) }
        #expect(try world.stock(of: "health-kit", at: place) == 1)
    }

    @Test("Random movements leave exactly what a plain count says, and never less than nothing")
    func random() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed)
        var held: [String: Int] = [:]
        for step in 0..<150 {
            let item = ["mask", "leaflet"][random.below(2)]
            let quantity = 1 + random.below(30)
            let isIssue = random.once(in: 2)
            let command: any Command =
                isIssue
                ? try Samples.issue(quantity, of: item, from: place)
                : try Samples.receive(quantity, of: item, at: place)
            let isSound = !isIssue || held[item, default: 0] >= quantity
            #expect(try (world.refusal(command) == nil) == isSound, "step \(step), seed \(seed)")
            if isSound { held[item, default: 0] += isIssue ? -quantity : quantity }
        }
        for (item, quantity) in held {
            #expect(try world.stock(of: item, at: place) == Int64(quantity), "seed \(seed)")
        }
        try world.expectSoundStock()
    }
}
