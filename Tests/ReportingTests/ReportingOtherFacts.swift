import Foundation
import Messages

/// Facts of persons, goods, shifts, materials and reach.
extension ReportingFacts {
    /// - Parameters:
    ///   - version: of the merged person's record.
    ///   - others: persons who had been merged into that one, with the versions of their records.
    func merge(
        _ merged: PersonID, into survivor: PersonID, version: Int64 = 2,
        with others: [PersonID: Int64] = [:], on day: BusinessDate = Self.reported,
        stock: [StockChange]? = nil
    ) -> PersonsMerged {
        let records = [merged: version].merging(others) { first, _ in first }.map {
            Self.record($0, version: $1, mergedInto: survivor)
        }
        return PersonsMerged(
            survivor: survivor, merged: merged, territory: Self.community, mergedOn: day,
            stock: stock, records: PeopleRecords(persons: records))
    }

    /// - Parameters:
    ///   - version: of the record of the person who is one alone again.
    ///   - others: persons who were merged into that one, and are again, with the versions of their records.
    func unmerge(
        _ merged: PersonID, from survivor: PersonID, version: Int64,
        with others: [PersonID: Int64] = [:], stock: [StockChange]? = nil
    ) -> PersonsUnmerged {
        let records = others.map { Self.record($0, version: $1, mergedInto: merged) }
        return PersonsUnmerged(
            survivor: survivor, merged: merged, territory: Self.community,
            mergedTerritory: Self.community, mergedOn: Self.reported, unmergedOn: Self.reported,
            actor: Self.officer, stock: stock,
            records: PeopleRecords(persons: records + [Self.record(merged, version: version)]))
    }

    private static func record(
        _ person: PersonID, version: Int64, mergedInto survivor: PersonID? = nil
    ) -> PersonRecord {
        PersonRecord(
            person: person, version: version, birthDate: reported, sex: .female,
            stays: [Stay(from: reported, territory: community)], mergedInto: survivor,
            mergedOn: survivor == nil ? nil : reported)
    }

    func withdrawn(_ award: CommendationAwarded) -> CommendationWithdrawn {
        CommendationWithdrawn(
            award.about,
            withdrawnOn: Self.reported)
    }

    // MARK: Attendance

    func paired(
        _ id: UUID, _ session: SessionID, _ parent: PersonID, with child: PersonID
    ) -> AttendanceRecorded {
        var fact = attended(id, session, by: parent)
        fact.child = child
        (fact.personTimes, fact.identified, fact.pairs) = (2, 2, 1)
        return fact
    }

    func corrected(
        _ id: UUID, _ session: SessionID, by person: PersonID, household: HouseholdID? = nil,
        persons: Int = 1, void: Bool = false
    ) -> AttendanceCorrected {
        let fact = attended(id, session, by: person)
        return AttendanceCorrected(
            attendance: fact.attendance, session: session, activity: fact.activity,
            kind: fact.kind, programme: fact.programme, territory: fact.territory,
            startsOn: fact.startsOn, person: person, household: household,
            personTimes: void ? 0 : persons, identified: void ? 0 : 1, pairs: 0,
            households: void || household == nil ? 0 : 1, void: void, restated: true,
            correctedOn: Self.reported)
    }

    // MARK: Goods and grants

    func issued(
        _ id: UUID, pieces: Int, to household: HouseholdID? = nil, families: Int = 1,
        on day: BusinessDate = Self.reported
    ) -> GoodsIssued {
        GoodsIssued(
            issue: IssueID(id), item: "mask", quantity: pieces,
            place: Place(territory: Self.subdistrict), territory: Self.community,
            programme: Self.warmHome, household: household, familiesSupplied: families,
            businessDate: day)
    }

    func returned(_ id: UUID, left: Int) -> GoodsReturned {
        GoodsReturned(
            goodsReturn: GoodsReturnID(id), issue: IssueID(id), item: "mask", quantity: 1,
            place: Place(territory: Self.subdistrict), territory: Self.community,
            programme: Self.warmHome, leftQuantity: left, familiesSupplied: left == 0 ? 0 : 1,
            businessDate: Self.reported.adding(days: 90))
    }

    func granted(
        _ id: UUID, to household: HouseholdID?, yuan: Int64, kind: GrantKind = .condolence
    ) -> GrantPaid {
        GrantPaid(
            GrantSubject(
                grant: GrantID(id), kind: kind, budget: BudgetID(id), fund: FundID(id),
                programme: Self.warmHome, household: household, territory: Self.community),
            amountFen: .yuan(yuan), businessDate: Self.reported)
    }

    func reversed(
        _ kind: TransferKind, of record: UUID, by cause: UUID, yuan: Int64 = 1
    ) -> TransferReversed {
        TransferReversed(
            reversal: ReversalID(UUID()), transfer: TransferID(record), kind: kind, cause: cause,
            subject: record, record: record, fund: FundID(record),
            programme: Self.happinessProject, territory: Self.community, amountFen: .yuan(yuan),
            postedOn: Self.reported, businessDate: Self.reported.adding(days: 3))
    }

    // MARK: Service

    func served(
        _ id: UUID, by person: PersonID, of household: HouseholdID? = nil,
        as role: DutyRole = .volunteer
    ) -> ShiftCompleted {
        let start = Timestamp(microseconds: 0)
        return ShiftCompleted(
            ShiftSubject(
                shift: ShiftID(id), post: PostID(id), postKind: .lanePost, role: role,
                programme: Self.warmHome, territory: Self.community, person: person,
                household: household, startsAt: start, endsAt: start, dutyOn: Self.reported),
            completedOn: Self.reported)
    }

    // MARK: Materials

    func handedOut(
        _ id: UUID, copies: Int, at session: SessionID? = nil,
        on day: BusinessDate = Self.reported
    ) -> MaterialDistributed {
        MaterialDistributed(
            distribution: DistributionID(id), material: MaterialID(id), kind: .leaflet,
            programme: Self.warmHome, territory: Self.community, session: session, copies: copies,
            distributedOn: day)
    }

    func cameBack(
        _ id: UUID, left: Int, at session: SessionID? = nil,
        on day: BusinessDate = Self.reported
    ) -> MaterialReturned {
        MaterialReturned(
            materialReturn: MaterialReturnID(id), distribution: DistributionID(id),
            material: MaterialID(id), kind: .leaflet, programme: Self.warmHome,
            territory: Self.community, session: session, copies: 1, leftCopies: left,
            distributedOn: day, returnedOn: day.adding(days: 90))
    }

    // MARK: Reach and casework

    func reached(
        _ id: UUID, count: Int = 0, change: Int, on day: BusinessDate = Self.reported
    ) -> ReachRecorded {
        ReachRecorded(
            reach: ReachID(id), channel: .wechatAccount, metric: .followers,
            programme: Self.warmHome, territory: Self.district, count: max(count, 0),
            change: change, asOf: Timestamp(microseconds: 0), countedOn: day)
    }

    func helped(_ id: UUID, _ person: PersonID?) -> CaseworkRecorded {
        CaseworkRecorded(
            RecordCasework(
                casework: CaseworkID(id), kind: .guidance, programme: Self.warmHome,
                territory: Self.community, person: person, servedOn: Self.reported))
    }
}
