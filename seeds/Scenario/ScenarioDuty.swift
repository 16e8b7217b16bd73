import Messages

/// Who stood at the lanes and compounds of a community during the epidemic: its staff in turn, and households that
/// volunteered.
extension ScenarioGenerator {
    private struct DutyPost {
        let id: PostID
        let kind: PostKind
    }

    mutating func standGuard(_ seed: ReliefSeeds.Duty, _ programme: Programme) throws {
        let posts = (0..<seed.lanePosts + seed.compounds).map { index in
            DutyPost(id: id(), kind: index < seed.lanePosts ? .lanePost : .compound)
        }
        for index in 0..<seed.staff {
            let person = try employ(seed, index)
            for day in 0..<seed.days {
                try serve(
                    at: posts[(index + day) % posts.count], .staff, person, nil,
                    on: seed.firstOn.adding(days: day), hour: 8, seed, programme)
            }
        }
        for (family, shifts) in zip(population.volunteers, seed.householdShifts) {
            for index in 0..<shifts {
                try serve(
                    at: posts[index % seed.lanePosts], .volunteer,
                    family.adults[index % family.adults.count], family.household,
                    on: seed.firstOn.adding(days: index), hour: 18, seed, programme)
            }
        }
    }

    private mutating func employ(_ seed: ReliefSeeds.Duty, _ index: Int) throws -> PersonID {
        let born = seed.registeredOn.adding(days: -random.number(in: 25 * 366...50 * 365))
        let person = try residents.next(
            id(), .head, born: born, index.isMultiple(of: 2) ? .female : .male)
        try emit(
            .preparations,
            RegisterPerson(
                person: person.person, territory: seed.territory, registeredOn: seed.registeredOn,
                name: person.name, residentId: person.residentId, phone: person.phone))
        try emit(
            .applications,
            EnrolMember(
                MemberSubject(
                    member: id(), person: person.person, role: .staff, territory: seed.territory,
                    level: .community), enrolledOn: seed.registeredOn))
        return person.person
    }

    /// One shift from the offer to its end, four hours long.
    private mutating func serve(
        at post: DutyPost, _ role: DutyRole, _ person: PersonID, _ household: HouseholdID?,
        on day: BusinessDate, hour: Int64, _ seed: ReliefSeeds.Duty, _ programme: Programme
    ) throws {
        let shift: ShiftID = id()
        let startsAt = Timestamp(day, hour: hour)
        expectation.add(
            "shifts_completed", 1, programme: programme, dimension: role.rawValue,
            in: seed.territory, on: day)
        try emit(
            .applications,
            OfferShift(
                ShiftSubject(
                    shift: shift, post: post.id, postKind: post.kind, role: role,
                    programme: programme, territory: seed.territory, person: person,
                    household: household, startsAt: startsAt,
                    endsAt: Timestamp(day, hour: hour + 4), dutyOn: day), offeredOn: seed.offeredOn)
        )
        try emit(.endorsements, ConfirmShift(shift: shift, confirmedOn: seed.offeredOn))
        try emit(.approvals, CheckInToShift(shift: shift, checkedInAt: startsAt))
        try emit(.payments, CompleteShift(shift: shift, completedOn: day))
    }
}
