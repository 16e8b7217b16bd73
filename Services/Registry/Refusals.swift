import Messages
import ServiceKit

/// Refusals of more than one feature.
extension RefusalCode {
    static let unknownPerson = RefusalCode("unknown_person", "the id of a registered person")
    static let residentExists = RefusalCode(
        "resident_exists", "a resident id or other paper that no other person has")
    static let beforeRegistration = RefusalCode(
        "before_registration", "a date on or after the person's registration")
    static let notMoved = RefusalCode("not_moved", "another territory, household or role")
    static let unknownHousehold = RefusalCode(
        "unknown_household", "the id of a registered household")
    static let unknownSubject = RefusalCode(
        "unknown_subject", "the id of the household or of one of its members")
    static let nothingToCorrect = RefusalCode(
        "nothing_to_correct", "something other than what is recorded")
    static let memberListedTwice = RefusalCode("member_listed_twice", "each member once")
}
