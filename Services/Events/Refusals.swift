import ServiceKit

/// Refusals of more than one feature.
extension RefusalCode {
    static let unknownPerson = RefusalCode("unknown_person", "the id of a registered person")
    static let personErased = RefusalCode(
        "person_erased", "a person whose data was not erased")
    static let personDied = RefusalCode("person_died", "a living person")
    static let unknownHousehold = RefusalCode(
        "unknown_household", "the id of a registered household")
    static let notOfHousehold = RefusalCode(
        "not_of_household", "the household that the person lives in")
    static let dateTooEarly = RefusalCode(
        "date_too_early", "a date that is not before the step before this one")
}
