import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Printings and distributions that turn out to have been others, or none, over rows in memory.
@Suite struct EventsMaterialCorrectionTests {
    private let bench = HandlerBench(Events.definition)
    private let material = MaterialID(UUID())
    private let printing = PrintingID(UUID())
    private let distribution = DistributionID(UUID())

    /// 1,000 copies of 20 May 2019, 600 of them handed out on 1 June.
    init() throws {
        try bench.appoint()
        try bench.handle(EventsSamples.printing(printing, of: material, 1_000))
        try bench.handle(EventsSamples.distribution(distribution, of: material, 600))
    }

    private func reprint(_ copies: Int, on day: String = "2019-05-20") throws -> Outcome {
        try bench.handle(
            CorrectPrinting(
                printing: printing, copies: copies, printedOn: try EventsSamples.date(day),
                try EventsSamples.correction()))
    }

    private func correct(_ copies: Int, on day: String = "2019-06-01") throws -> Outcome {
        try bench.handle(
            CorrectDistribution(
                distribution: distribution, territory: EventsSamples.territory(), copies: copies,
                distributedOn: EventsSamples.date(day), try EventsSamples.correction()))
    }

    private func voidPrinting() throws -> Outcome {
        try bench.handle(
            VoidPrinting(printing: printing, try EventsSamples.correction()))
    }

    private func voidDistribution() throws -> Outcome {
        try bench.handle(
            VoidDistribution(distribution: distribution, try EventsSamples.correction()))
    }

    private func totals() throws -> [Int] {
        let row = try #require(try bench.unit.find(Material.self, material.uuid))
        return [row.printed, row.distributed]
    }

    @Test func `a printing is corrected to what covers all that was handed out`() throws {
        let outcome = try reprint(600, on: "2019-06-01")
        let fact = try #require(outcome.fact(PrintingCorrected.self))
        #expect(fact.about.copies == 600)
        #expect(fact.about.printedOn.description == "2019-06-01")
        #expect(outcome.emissions.first?.subject == printing.description)
        #expect(outcome.emissions.first?.sequence == 2)
        #expect(try totals() == [600, 600])
        expectRefusal(
            try reprint(600, on: "2019-06-01"), "nothing_changes", at: "/printing")
        expectRefusal(
            try reprint(599, on: "2019-06-01"), "not_enough_printed", at: "/copies")
        expectRefusal(
            try reprint(600, on: "2019-06-02"), "not_enough_printed", at: "/copies")
        #expect(try totals() == [600, 600])
    }

    @Test func `a printing is void only if others cover what was handed out on that day`() throws {
        expectRefusal(try voidPrinting(), "not_enough_printed", at: "/printing")
        var late = try EventsSamples.printing(of: material, 600)
        late.printedOn = try EventsSamples.date("2019-06-02")
        try bench.handle(late)
        expectRefusal(try voidPrinting(), "not_enough_printed", at: "/printing")
        try bench.handle(EventsSamples.printing(of: material, 600))
        #expect(try voidPrinting().fact(PrintingVoided.self)?.about.copies == 1_000)
        expectRefusal(try voidPrinting(), "already_void", at: "/printing")
        #expect(try totals() == [1_200, 600])
        #expect(try reprint(1_000, on: "2019-05-20").isAccepted)
        #expect(try totals() == [2_200, 600])
    }

    @Test func `a distribution is corrected within what was printed by its day`() throws {
        expectRefusal(try correct(1_001), "not_enough_printed", at: "/copies")
        expectRefusal(try correct(10, on: "2019-05-19"), "not_enough_printed", at: "/copies")
        let outcome = try correct(1_000, on: "2019-05-20")
        #expect(outcome.fact(DistributionCorrected.self)?.leftCopies == 1_000)
        #expect(outcome.emissions.first?.sequence == 2)
        #expect(try totals() == [1_000, 1_000])
        expectRefusal(try correct(1_000, on: "2019-05-20"), "nothing_changes", at: "/distribution")
    }

    @Test func `a distribution keeps what was returned of it`() throws {
        try bench.handle(EventsSamples.materialReturn(of: distribution, 150, on: "2019-06-10"))
        expectRefusal(try correct(149), "fewer_than_returned", at: "/copies")
        expectRefusal(
            try correct(600, on: "2019-06-11"), "fewer_than_returned", at: "/distributedOn")
        #expect(
            try correct(200, on: "2019-06-10").fact(DistributionCorrected.self)?.leftCopies == 50)
        #expect(try totals() == [1_000, 50])
    }

    @Test func `a distribution that was none has no returns either, and can be made good`() throws {
        try bench.handle(EventsSamples.materialReturn(of: distribution, 150))
        #expect(try voidDistribution().fact(DistributionVoided.self)?.about.copies == 600)
        #expect(try totals() == [1_000, 0])
        expectRefusal(try voidDistribution(), "already_void", at: "/distribution")
        expectRefusal(
            try bench.handle(EventsSamples.materialReturn(of: distribution, 1)),
            "more_than_distributed", at: "/copies")
        #expect(try bench.handle(EventsSamples.distribution(of: material, 1_000)).isAccepted)
        expectRefusal(try correct(600), "not_enough_printed", at: "/copies")
        #expect(try totals() == [1_000, 1_000])
    }

    @Test func `what was void is as before once it is made good`() throws {
        try bench.handle(EventsSamples.materialReturn(of: distribution, 150))
        let before = try bench.unit.find(Material.self, material.uuid)?.stock
        _ = try voidDistribution()
        #expect(try correct(600).fact(DistributionCorrected.self)?.leftCopies == 450)
        #expect(try bench.unit.find(Material.self, material.uuid)?.stock == before)
    }
}

/// Copies by day.
@Suite struct DailyStockTests {
    private func stock(_ changes: [(String, Int)]) throws -> DailyStock {
        var stock = DailyStock()
        for (day, copies) in changes { stock.add(copies, on: try EventsSamples.date(day)) }
        return stock
    }

    @Test func `the least copies from a day on count what was there before it`() throws {
        let stock = try stock([
            ("2019-06-10", 150), ("2019-05-20", 1_000), ("2019-06-01", -600),
            ("2019-07-01", -500),
        ])
        for (day, left) in [
            ("2019-05-19", 0), ("2019-05-20", 50), ("2019-06-30", 50), ("2019-08-01", 50),
        ] {
            #expect(stock.least(from: try EventsSamples.date(day)) == left, "\(day)")
        }
        #expect(stock.least == 0)
    }

    @Test func `what is taken back leaves nothing behind`() throws {
        let change = try stock([("2019-06-01", -600), ("2019-06-10", 150)])
        var stock = try stock([("2019-05-20", 1_000)])
        let before = stock
        stock.add(change)
        #expect(stock != before)
        stock.add(change, times: -1)
        #expect(stock == before)
    }

    @Test func `copies that are not there on some day are found, whatever comes later`() throws {
        #expect(try stock([("2019-06-01", -1), ("2019-06-02", 5)]).least == -1)
    }
}

/// The same on a real database.
@Suite struct EventsMaterialDayTests {
    private let bench: ServiceBench
    private let material = MaterialID(UUID())
    private let printing = PrintingID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        try bench.decide(EventsSamples.printing(printing, of: material, 100))
        try bench.decide(EventsSamples.distribution(of: material, 60))
    }

    @Test func `stock by day is read back, and corrections go on over several batches`() throws {
        let command = CorrectPrinting(
            printing: printing, copies: 60, printedOn: try EventsSamples.date("2019-06-01"),
            try EventsSamples.correction("the bill says 60"))
        #expect(try bench.decide(command).status == "accepted")
        #expect(try bench.decide(command).code == "nothing_changes")
        #expect(
            try bench.decide(EventsSamples.distribution(of: material, 1)).code
                == "not_enough_printed")
        #expect(try bench.count("SELECT printed - distributed FROM material") == 0)
        #expect(try bench.count("SELECT sequence FROM printing") == 2)
        #expect(try bench.texts() == ["the bill says 60"])
    }

    @Test func `the schema hands out nothing on a day before it was printed`() throws {
        let error = #expect(throws: PostgresError.self) {
            try bench.connection.run("UPDATE material SET stock = '2019-05-19:-1 2019-05-20:100'")
        }
        #expect(error?.constraint == "material_printed_on_every_day")
    }
}
