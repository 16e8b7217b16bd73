import Messages
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("Pages are kept while nothing changes, on a real database")
struct PageCacheTests {
    private var world: DashboardWorld
    private let cache = PageCache()
    private let now = Timestamp(microseconds: 1_590_488_000_000_000)

    init() throws {
        world = try DashboardWorld()
        try world.insure(68_050)
        try world.publish()
    }

    /// - Returns: whether the page was made now.
    private func isMade(_ request: PageRequest, at now: Timestamp? = nil) throws -> Bool {
        var isMade = false
        let now = now ?? self.now
        let stamp = try PageCache.Stamp(world.bench.connection, now: now)
        _ = try cache.page(request, at: stamp) {
            isMade = true
            return try PageReader.read(
                request, world.templates, world.bench.connection, now: now)
        }
        return isMade
    }

    @Test("A page is made once for each language and period, until something is published")
    mutating func published() throws {
        let page = PageRequest(language: .zh, page: .overview)
        #expect(try isMade(page))
        #expect(try !isMade(page))
        #expect(try isMade(page.with(language: .en)))
        #expect(try isMade(page.with(period: #require(PagePeriod("2020")))))
        try world.insure(1)
        #expect(try !isMade(page), "taken in, not published")
        try world.publish()
        #expect(try isMade(page))
        #expect(try !isMade(page))
    }

    @Test("A page is made again with a bulletin, a new name, an edition, and each minute")
    func others() throws {
        let page = PageRequest(language: .zh, page: .bulletins)
        #expect(try isMade(page))
        try world.publishBulletin()
        #expect(try isMade(page))
        try world.bench.decide(
            DefineProgramme(
                programme: ReportingFacts.accidentInsurance, version: 2, reason: "a test",
                nameZh: "新名", nameEn: "New name"))
        #expect(try isMade(page))
        try world.close("2020-05", on: "2020-06-02")
        #expect(try !isMade(page), "it takes effect with the next edition")
        try world.publish()
        #expect(try isMade(page))
        #expect(try !isMade(page))
        #expect(try isMade(page, at: Timestamp(microseconds: now.microseconds + 60_000_000)))
    }

    @Test("However many pages are asked for, only so many are kept")
    func bounded() throws {
        let stamp = try PageCache.Stamp(world.bench.connection, now: now)
        let page = RenderedPage("", .zh)
        for year in 1900...2199 {
            for month in 1...2 {
                var request = PageRequest(language: .zh, page: .overview)
                request.period = PagePeriod.month(month, of: year) ?? .all
                _ = cache.page(request, at: stamp) { page }
            }
        }
        #expect(cache.count == 400)
    }
}
