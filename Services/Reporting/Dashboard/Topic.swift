/// What an association reports on, in the order it does: the sections of the overview and of the bulletin.
enum Topic: String, CaseIterable, Sendable {
    case loans, grants, insurance
    case warmHome = "warm-home"
    case childhood, relief, volunteers, commendations, donations

    var title: Words {
        switch self {
        case .loans: Words("幸福工程", "Happiness Project loans")
        case .grants: Words("慰问助学", "Condolence and tuition grants")
        case .insurance: Words("保险保障", "Insurance")
        case .warmHome: Words("暖心家园", "Warm Home")
        case .childhood: Words("优生优育", "Early childhood")
        case .relief: Words("疫情防控", "Epidemic relief")
        case .volunteers: Words("志愿服务", "Volunteers")
        case .commendations: Words("表彰", "Commendations")
        case .donations: Words("一元捐", "One-Yuan Donation")
        }
    }

    /// The page that has more of it.
    var dataset: Dataset {
        switch self {
        case .loans, .grants, .insurance, .relief, .donations: .funding
        case .warmHome, .childhood, .volunteers: .activities
        case .commendations: .families
        }
    }

    /// Its figures in the overview: the first is the one it is known by.
    var figures: [(programme: KnownProgramme?, measure: String)] {
        switch self {
        case .loans:
            [(.happinessProject, "capital_lent_fen"), (.happinessProject, "borrowers")]
        case .grants:
            [(.familyGrants, "grants_paid_fen"), (.familyGrants, "families_granted")]
        case .insurance:
            [
                (.accidentInsurance, "premium_paid_fen"),
                (.accidentInsurance, "insured_households"),
                (.accidentInsurance, "insured_households:only_child_parents"),
                (.nursingSupplement, "insured_persons"),
            ]
        case .warmHome:
            [
                (nil, "all_programme_spending_fen"), (.warmHome, "sessions_held"),
                (.warmHome, "attendance_person_times"), (.warmHousekeeping, "home_services"),
            ]
        case .childhood:
            [
                (.earlyChildhood, "sessions_held"), (.earlyChildhood, "parent_child_pairs"),
                (.earlyChildhood, "materials_distributed"), (.earlyChildhood, "followers"),
            ]
        case .relief:
            [
                (.epidemicRelief, "families_supplied:mask"),
                (.epidemicRelief, "goods_issued:health-kit"),
            ]
        case .volunteers:
            [
                (.epidemicRelief, "shifts_completed"), (.epidemicRelief, "volunteer_households"),
                (.epidemicRelief, "most_shifts_of_a_household"),
            ]
        case .commendations: [(nil, "commendations")]
        case .donations: [(.oneYuanDonation, "donations_fen"), (.oneYuanDonation, "donations")]
        }
    }

    /// Where a line of the bulletin belongs.
    static func of(measure: String, programme: String, dataset: Dataset) -> Topic {
        switch (KnownProgramme(rawValue: programme), dataset) {
        case (.happinessProject, _): .loans
        case (.familyGrants, _): .grants
        case (.accidentInsurance, _), (.nursingSupplement, _): .insurance
        case (.warmHome, _), (.warmHousekeeping, _), (.warmCare, _): .warmHome
        case (.earlyChildhood, _), (.cloudClassroom, _), (.youthHealth, _): .childhood
        case (.epidemicRelief, .activities): .volunteers
        case (.epidemicRelief, _): .relief
        case (.oneYuanDonation, _): .donations
        case (nil, .families):
            measure.hasPrefix("commend") || measure.hasPrefix("persons_commended")
                ? .commendations : .warmHome
        case (nil, _): .warmHome
        }
    }
}
