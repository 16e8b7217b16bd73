import Messages
import ServiceKit
import Testing

@testable import Reporting

/// The years that pages offer.
@Suite struct DashboardYearTests {
    @Test func `they end with today's, whatever year a fact has said`() throws {
        var world = try DashboardWorld()
        try world.nameTerritories()
        try world.insure(68_050)
        try world.register()
        try world.insure(68_050, on: "2062-11-28")
        try world.publish()
        let page = try world.page(.overview, .en, "2020")
        let thisYear = Timestamp.now().businessDay.year
        for year in [2020, thisYear] { #expect(page.html.contains("period=\(year)\"")) }
        for year in [thisYear + 1, 2062] { #expect(!page.html.contains("period=\(year)\"")) }
    }

    @Test func `they are left out while all figures are of days to come`() throws {
        var world = try DashboardWorld()
        try world.nameTerritories()
        try world.insure(68_050, on: "2062-11-28")
        try world.publish()
        let page = try world.page(.overview, .en)
        #expect(page.status == 200)
        #expect(!page.html.contains("period=2062"))
    }
}
