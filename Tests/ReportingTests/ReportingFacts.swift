import Foundation
import Messages
import Support

/// Facts as the other services would publish them, made from a seed, and their order on the way.
struct ReportingFacts {
    typealias Item = (fact: any Fact, subject: UUID, sequence: Int64, id: UUID)

    private var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed) }

    mutating func below(_ limit: Int) -> Int { random.below(limit) }

    mutating func uuid() -> UUID { random.uuid() }

    mutating func pick<T>(_ items: [T]) -> T { random.one(of: items) }

    mutating func shuffled<T>(_ items: [T]) -> [T] { items.shuffled(using: &random) }

    /// Every item once or twice, in any order.
    mutating func disordered(_ items: [Item]) -> [Item] {
        shuffled(items + items.filter { _ in below(3) == 0 })
    }

    // MARK: Values

    mutating func territory() -> TerritoryCode {
        territory("350203\(pick(["", "001", "006", "007"]))") { code, facts in
            guard code.count == 9, facts.below(8) > 0 else { return code }
            let community = code + facts.pick(["001", "002", "003"])
            return facts.below(6) == 0 ? community + "001" : community
        }
    }

    private mutating func territory(
        _ code: String, _ extend: (String, inout ReportingFacts) -> String
    ) -> TerritoryCode {
        TerritoryCode(extend(code, &self)) ?? Self.district
    }

    /// Within two years, so that every kind of period has more than one member.
    mutating func day() -> BusinessDate { Self.reported.adding(days: -below(700)) }

    // MARK: Facts

    /// Facts about as many records, some with corrections: the same record with a later sequence. Two of
    /// six sessions are cancelled, and some of the persons turn out to be one.
    mutating func items(records: Int) -> [Item] {
        let persons = (0..<9).map { _ in PersonID(uuid()) }
        let sessions = (0..<6).map { _ in SessionID(uuid()) }
        var items: [Item] = []
        for _ in 0..<records {
            let (id, kind) = (uuid(), below(16))
            for version in 1...Int64(1 + below(3)) {
                let fact = fact(kind, id, version, persons, sessions)
                items.append((fact, id, version, uuid()))
            }
        }
        for session in sessions { items.append((closed(session), session.uuid, 2, uuid())) }
        for session in sessions.prefix(2) {
            items.append((cancellation(of: session), session.uuid, 9, uuid()))
        }
        return items + merges(persons).map { ($0, $0.survivor.uuid, 5, uuid()) }
    }

    /// The first of them turns out to be the second, and both the third.
    private func merges(_ persons: [PersonID]) -> [PersonsMerged] {
        [
            merge(persons[0], into: persons[1]),
            merge(persons[1], into: persons[2], with: [persons[0]: 3]),
            merge(persons[3], into: persons[2]), merge(persons[4], into: persons[5]),
        ]
    }

    private mutating func fact(
        _ kind: Int, _ id: UUID, _ version: Int64, _ persons: [PersonID], _ sessions: [SessionID]
    ) -> any Fact {
        switch kind {
        case 0, 1: household(id, members: 1 + below(5))
        case 2: commendation(id, to: pick(persons))
        case 3: disbursed(id, to: pick(persons), yuan: Int64(10_000 + below(20_000)))
        case 4: donated(id, yuan: Int64(1 + below(1_000)))
        case 5: insured(id, households: 1 + below(300))
        case 6: attended(id, pick(sessions), by: pick(persons))
        case 7, 8:
            version == 1
                ? paired(id, pick(sessions), pick(persons), with: PersonID(id))
                : corrected(id, pick(sessions), by: pick(persons), void: below(3) == 0)
        case 9: version == 1 ? issued(id, pieces: 20) : returned(id, left: below(20))
        case 10: served(id, by: pick(persons), of: HouseholdID(pick(persons).uuid))
        case 11: reached(id, change: below(3_000) - 1_000)
        case 12: helped(id, pick(persons))
        case 13: granted(id, to: HouseholdID(pick(persons).uuid), yuan: Int64(1 + below(900)))
        case 14: version == 1 ? handedOut(id, copies: 20) : cameBack(id, left: below(20))
        default:
            version == 1
                ? counted(id, pick(sessions), 1 + below(40))
                : recounted(id, pick(sessions), from: 1, to: below(40))
        }
    }

    mutating func household(
        _ id: UUID, members: Int, in territory: TerritoryCode? = nil, on day: BusinessDate? = nil
    ) -> HouseholdRegistered {
        HouseholdRegistered(
            household: HouseholdID(id), territory: territory ?? self.territory(),
            registeredOn: day ?? self.day(),
            members: (0..<members).map { _ in
                MemberFact(
                    person: PersonID(uuid()), role: .head, birthDate: Self.reported, sex: .female)
            }, categories: [])
    }

    mutating func commendation(_ id: UUID, to person: PersonID) -> CommendationAwarded {
        CommendationAwarded(
            CommendationSubject(
                commendation: CommendationID(id), recipient: person, territory: territory(),
                occasion: pick(["29 May", "1 October"]), awardedOn: day()))
    }

    mutating func disbursed(
        _ id: UUID, to person: PersonID, yuan: Int64, in territory: TerritoryCode? = nil,
        on day: BusinessDate? = nil
    ) -> LoanDisbursed {
        LoanDisbursed(
            LoanSubject(
                loan: LoanID(id), fund: FundID(id), programme: Self.happinessProject,
                borrower: person, territory: territory ?? self.territory(),
                principalFen: .yuan(yuan)), businessDate: day ?? self.day())
    }

    /// So many loans in each of the communities of a subdistrict, with their ids.
    mutating func disbursed(
        _ counts: [Int], in subdistrict: String, on day: String
    ) -> [(UUID, LoanDisbursed)] {
        counts.enumerated().flatMap { place, count in
            (0..<count).map { _ in
                let id = UUID()
                let loan = disbursed(
                    id, to: PersonID(id), yuan: 10_000,
                    in: Self.code("\(subdistrict)00\(place + 1)"), on: Self.date(day))
                return (id, loan)
            }
        }
    }

    func repaid(_ id: UUID, yuan: Int64, in territory: TerritoryCode) -> LoanRepaid {
        LoanRepaid(
            LoanSubject(
                loan: LoanID(id), fund: FundID(id), programme: Self.happinessProject,
                borrower: PersonID(id), territory: territory, principalFen: .yuan(10_000)),
            businessDate: Self.reported, repayment: RepaymentID(id), amountFen: .yuan(yuan),
            outstandingFen: .yuan(10_000 - yuan))
    }

    mutating func donated(_ id: UUID, yuan: Int64) -> DonationReceived {
        DonationReceived(
            DonationSubject(
                donation: DonationID(id), fund: FundID(id), programme: Self.oneYuan,
                campaign: pick(["spring", "autumn"]), territory: territory()),
            amountFen: .yuan(yuan), receivedOn: day())
    }

    mutating func insured(_ id: UUID, households: Int) -> EnrolmentInsured {
        EnrolmentInsured(
            run: RunID(id), product: ProductID(id), programme: Self.accidentInsurance,
            territory: Self.community, basis: .lowIncome, households: households,
            premiumFen: .yuan(Int64(households) * 80), policyYear: 2020, businessDate: day())
    }

    // MARK: Sessions. Their programme, territory and day follow from the session's id.

    private func place(_ session: SessionID) -> (ActivityKind, TerritoryCode, BusinessDate) {
        let byte = Int(session.uuid.uuid.0)
        return (
            byte % 2 == 0 ? .activity : .teaTalk,
            TerritoryCode("35020300\(byte % 7 + 1)001") ?? Self.community,
            Self.reported.adding(days: -byte)
        )
    }

    func closed(_ session: SessionID) -> SessionClosed {
        let (kind, territory, day) = place(session)
        return SessionClosed(
            SessionSubject(
                session: session, activity: ActivityID(session.uuid), kind: kind,
                programme: Self.warmHome, territory: territory, startsOn: day), closedOn: day,
            roster: 0, headcount: 0)
    }

    func cancellation(of session: SessionID) -> SessionCancelled {
        let (kind, territory, day) = place(session)
        return SessionCancelled(
            SessionSubject(
                session: session, activity: ActivityID(session.uuid), kind: kind,
                programme: Self.warmHome, territory: territory, startsOn: day), cancelledOn: day)
    }

    func attended(_ id: UUID, _ session: SessionID, by person: PersonID) -> AttendanceRecorded {
        let (kind, territory, day) = place(session)
        return AttendanceRecorded(
            attendance: AttendanceID(id), session: session, activity: ActivityID(session.uuid),
            kind: kind, programme: Self.warmHome, territory: territory, person: person,
            startsOn: day)
    }

    func recounted(
        _ id: UUID, _ session: SessionID, from before: Int, to count: Int
    ) -> HeadcountCorrected {
        let (kind, territory, day) = place(session)
        return HeadcountCorrected(
            SessionSubject(
                session: session, activity: ActivityID(session.uuid), kind: kind,
                programme: Self.warmHome, territory: territory, startsOn: day),
            headcount: HeadcountID(id), countBefore: before, methodBefore: .estimated, count: count,
            method: .counted, restated: true, correctedOn: Self.reported, correctedBy: "operator")
    }

    func counted(_ id: UUID, _ session: SessionID, _ count: Int) -> HeadcountRecorded {
        let (kind, territory, day) = place(session)
        return HeadcountRecorded(
            headcount: HeadcountID(id), session: session, activity: ActivityID(session.uuid),
            kind: kind, programme: Self.warmHome, territory: territory, count: count,
            method: .counted, startsOn: day)
    }
}

extension ReportingFacts {
    static let district = code("350203")
    static let subdistrict = code("350203006")
    static let community = code("350203006001")
    /// An officer of the district.
    static let officer = Actor(staff: StaffID(UUID()), territory: district)
    /// 26 May 2020.
    static let reported = BusinessDate(day: 18_408)
    static let happinessProject = programme("happiness-project")
    static let oneYuan = programme("one-yuan-donation")
    static let accidentInsurance = programme("accident-insurance")
    static let warmHome = programme("warm-home")

    /// Units that are named as their codes are.
    static func loaded(_ codes: [String]) -> TerritoryLoaded {
        TerritoryLoaded(
            edition: date("2023-12-31"), source: "test",
            units: codes.map {
                TerritoryUnit(
                    code: code($0), nameZh: $0, nameEn: $0, validFrom: date("2000-01-01"))
            })
    }

    static func code(_ digits: String) -> TerritoryCode {
        guard let code = TerritoryCode(digits) else { preconditionFailure("\(digits) is no code") }
        return code
    }

    static func date(_ text: String) -> BusinessDate {
        guard let date = BusinessDate(text) else { preconditionFailure("\(text) is no date") }
        return date
    }

    private static func programme(_ name: String) -> Programme {
        guard let programme = Programme(name) else {
            preconditionFailure("\(name) is no programme")
        }
        return programme
    }
}
