import Messages
import Testing

@Suite struct PeriodTests {
    @Test(arguments: [
        ("2020-05-26", "2020-05-26", "2020-05-26"), ("2020-02", "2020-02-01", "2020-02-29"),
        ("2019-12", "2019-12-01", "2019-12-31"), ("2020-Q1", "2020-01-01", "2020-03-31"),
        ("2020-Q4", "2020-10-01", "2020-12-31"), ("2019", "2019-01-01", "2019-12-31"),
    ])
    func aPeriodHasAFirstAndALastDayAndIsWrittenAsItWasRead(
        _ text: String, _ start: String, _ end: String
    ) throws {
        let period = try #require(Period(text))
        #expect(period.start == BusinessDate(start))
        #expect(period.end == BusinessDate(end))
        #expect(period.wireText == text)
    }

    @Test(arguments: [
        "all", "", "2020-Q0", "2020-Q5", "2020-00", "2020-13", "2021-02-29", "20", "2020-1",
    ])
    func whatIsNoPeriodIsNone(_ text: String) {
        #expect(Period(text) == nil)
    }
}
