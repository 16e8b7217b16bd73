/// What a registration says of a person: personal data that stays in registry.
public protocol PersonDescription {
    var name: String { get }
    var residentId: ResidentID? { get }
    var phone: String? { get }
    var papers: [Paper]? { get }
    var birthDate: BusinessDate? { get }
    var sex: Sex? { get }
}

extension PersonDescription {
    /// All papers, the resident id first.
    public var allPapers: [Paper] { (residentId.map { [Paper($0)] } ?? []) + (papers ?? []) }

    /// As said, or else as a citizen's number says.
    public var statedBirthDate: BusinessDate? {
        birthDate ?? residentId?.birthDate ?? firstNumber?.birthDate
    }

    public var statedSex: Sex? { sex ?? residentId?.sex ?? firstNumber?.sex }

    private var firstNumber: ResidentID? {
        (papers ?? []).lazy.compactMap(\.citizenNumber).first
    }

    /// Whether nothing that is said stands against a birth up to that day.
    func isBorn(by day: BusinessDate) -> Bool { statedBirthDate.map { $0 <= day } ?? true }

    func checkPerson(_ checks: inout Checks) {
        checks.born(residentId, "residentId")
        checks.day(birthDate, "birthDate", .birth)
        checks.name(name, "name")
        checks.telephone(phone, "phone")
        checks.count(papers ?? [], "papers", PaperLimit.registered)
        checks.each(papers ?? [], "papers") { $0.check(&$1) }
        let numbers = [residentId].compactMap(\.self) + (papers ?? []).compactMap(\.citizenNumber)
        checks.require(
            papers == nil || Set(allPapers.map(\.identity)).count == allPapers.count, "papers",
            "each paper once")
        let (birthDate, sex) = (statedBirthDate, statedSex)
        checks.require(
            birthDate != nil, "birthDate", "the birth date, because no number of a paper says it")
        checks.require(sex != nil, "sex", "the sex, because no number of a paper says it")
        checks.require(
            numbers.allSatisfy { $0.birthDate == birthDate }, "birthDate",
            "the birth date that the numbers of all papers say")
        checks.require(
            numbers.allSatisfy { $0.sex == sex }, "sex",
            "the sex that the numbers of all papers say")
    }
}

enum PaperLimit {
    /// Papers in one registration.
    static let registered = 0...8
}
