import Messages
import ServiceKit

/// Refusals of more than one feature.
extension RefusalCode {
    static let personDied = RefusalCode("person_died", "a living person")
    static let unknownHousehold = RefusalCode(
        "unknown_household", "the id of a registered household")
    static let notOfHousehold = RefusalCode(
        "not_of_household", "the household that the person lives in")
    static let unknownSession = RefusalCode("unknown_session", "the id of a session")
    static let dateTooEarly = RefusalCode(
        "date_too_early", "a date that is not before the step before this one")
}
