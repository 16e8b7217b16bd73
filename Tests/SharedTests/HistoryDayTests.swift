import Messages
import Testing

@testable import ServiceKit

@Suite("The business date of a fact in a history")
struct HistoryDayTests {
    @Test(arguments: [
        ("registry.person.moved.v1", "movedOn=2020-01-02 birthDate=1970-01-01", "2020-01-02"),
        ("funding.loan.repaid.v1", "businessDate=2020-03-04 dueOn=2020-05-01", "2020-03-04"),
        ("events.session.opened.v1", "startsOn=2020-05-26", "2020-05-26"),
        (
            "events.registration.waitlisted.v1", "startsOn=2020-05-26 requestedOn=2020-05-01",
            "2020-05-01"
        ),
        ("registry.category.revised.v1", "endedOn=2020-05-26 verifiedOn=2020-05-01", nil),
        ("registry.person.move_voided.v1", "movedOn=2020-01-02 voidedOn=2020-01-03", "2020-01-03"),
        (
            "events.casework.voided.v1", "servedOn=2020-01-02 correctedOn=2020-01-03",
            "2020-01-03"
        ),
        ("registry.publisher.granted.v1", "", nil),
    ])
    func `It is the one that the verb names, or the only one of a step`(
        type: String, dates: String, day: String?
    ) {
        #expect(HistoryReading.day(of: type, dates)?.description == day)
    }
}
