/// The programmes that pages speak of by name; another one is shown by its code. `seeds/programmes.json` has the
/// same names for publishers.
enum KnownProgramme: String, CaseIterable, Sendable {
    case happinessProject = "happiness-project"
    case familyGrants = "family-grants"
    case accidentInsurance = "accident-insurance"
    case nursingSupplement = "nursing-supplement"
    case oneYuanDonation = "one-yuan-donation"
    case warmHome = "warm-home"
    case warmHousekeeping = "warm-housekeeping"
    case warmCare = "warm-care"
    case earlyChildhood = "early-childhood"
    case cloudClassroom = "cloud-classroom"
    case youthHealth = "youth-health"
    case epidemicRelief = "epidemic-relief"

    var name: Words {
        switch self {
        case .happinessProject: Words("幸福工程", "Happiness Project")
        case .familyGrants: Words("慰问助学", "Condolence and tuition grants")
        case .accidentInsurance: Words("意外伤害险", "Accident insurance")
        case .nursingSupplement: Words("住院护理津贴险", "Nursing supplement")
        case .oneYuanDonation: Words("一元捐", "One-Yuan Donation")
        case .warmHome: Words("暖心家园", "Warm Home")
        case .warmHousekeeping: Words("暖心家政", "Warm Housekeeping")
        case .warmCare: Words("暖心关爱", "Warm Care")
        case .earlyChildhood: Words("优生优育", "Early childhood")
        case .cloudClassroom: Words("云课堂", "Cloud classroom")
        case .youthHealth: Words("青春健康", "Youth health")
        case .epidemicRelief: Words("疫情防控", "Epidemic relief")
        }
    }

    /// The name of a programme as it stands in a cell.
    static func name(_ programme: String) -> Words {
        programme.isEmpty ? .noProgramme : Self(rawValue: programme)?.name ?? Words(both: programme)
    }
}

/// The datasets, which have a page each.
enum Dataset: String, CaseIterable, Sendable {
    case families, funding, activities

    var name: Words {
        switch self {
        case .families: .families
        case .funding: .funding
        case .activities: .activities
        }
    }

    var lead: Words {
        switch self {
        case .families:
            Words(
                "登记的家庭和人员、会员、站点与表彰。",
                "Families and persons registered, members, sites and commendations.")
        case .funding:
            Words(
                "资金从哪里来、用到哪里：借款、慰问助学、保险、捐赠、物资和项目经费。各项性质不同，不可相加。",
                "Where money came from and went: loans, grants, insurance, donations, goods and programme costs. They are different things, never to be added up."
            )
        case .activities:
            Words(
                "举办的活动、参加的人次、线上服务与值守。",
                "Activities held, attendance, online services and duty shifts.")
        }
    }
}
