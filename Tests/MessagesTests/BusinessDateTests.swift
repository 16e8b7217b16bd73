import Foundation
import Messages
import Testing

@Suite struct BusinessDateTests {
    private func date(_ text: String) throws -> BusinessDate {
        try #require(BusinessDate(text))
    }

    @Test func daysAreCountedFrom1970() throws {
        #expect(try date("1970-01-01").day == 0)
        #expect(try date("1969-12-31").day == -1)
        #expect(try date("2000-03-01").day == 11_017)
        #expect(try date("2020-05-26").day == 18_408)
    }

    @Test func everyDayOfTheRangeSurvivesItsTextAndItsParts() {
        var failures = 0
        for day in BusinessDate.range.lowerBound.day...BusinessDate.range.upperBound.day {
            let date = BusinessDate(day: day)
            let parts = BusinessDate(year: date.year, month: date.month, day: date.dayOfMonth)
            if BusinessDate(date.description) != date || parts != date { failures += 1 }
        }
        #expect(failures == 0)
        #expect(BusinessDate.range.lowerBound.description == "1900-01-01")
        #expect(BusinessDate.range.upperBound.description == "2199-12-31")
    }

    @Test(arguments: [
        "2019-02-29", "1900-02-29", "2020-13-01", "2020-00-10", "2020-04-31", "2020-01-00",
        "1899-12-31", "2200-01-01", "2020-1-1", "20200101", "2020-01-01T", "", "2020/01/01",
        "２020-01-01", "-020-01-01",
    ])
    func whatIsNoDayIsRefused(_ text: String) {
        #expect(BusinessDate(text) == nil)
    }

    @Test func leapYearsFollowTheGregorianRule() {
        #expect(BusinessDate("2000-02-29") != nil)
        #expect(BusinessDate("2020-02-29") != nil)
        #expect(BusinessDate("2100-02-29") == nil)
    }

    @Test func quartersBeginInJanuaryAprilJulyAndOctober() throws {
        let quarters = try (1...12).map { month in
            try #require(BusinessDate(year: 2020, month: month, day: 1)).quarter
        }
        #expect(quarters == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4])
    }

    @Test func addingDaysCrossesMonthsAndYears() throws {
        #expect(try date("2019-12-31").adding(days: 1) == date("2020-01-01"))
        #expect(try date("2020-03-01").adding(days: -1) == date("2020-02-29"))
    }

    @Test(arguments: [
        ("1969-05-26", "2020-05-25", 50), ("1969-05-26", "2020-05-26", 51),
        ("1954-03-01", "2020-02-29", 65), ("1954-03-01", "2020-03-01", 66),
        ("2020-05-26", "2020-05-26", 0), ("2020-05-26", "2019-05-27", -1),
        ("1960-12-31", "2020-01-01", 59),
    ])
    func aYearIsCompletedOnTheBirthday(_ born: String, _ reference: String, _ age: Int) throws {
        #expect(try date(born).completedYears(at: date(reference)) == age)
    }

    @Test(arguments: [
        ("2019-02-28", 14), ("2019-03-01", 15), ("2020-02-28", 15), ("2020-02-29", 16),
        ("2020-03-01", 16), ("2100-02-28", 95), ("2100-03-01", 96),
    ])
    func someoneBornOn29FebruaryCompletesAYearOn1MarchInCommonYears(
        _ reference: String, _ age: Int
    ) throws {
        #expect(try date("2004-02-29").completedYears(at: date(reference)) == age)
    }
}
