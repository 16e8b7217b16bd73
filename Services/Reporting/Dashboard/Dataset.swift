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
                "资金从哪里来、用到哪里：借款、慰问、助学、保险、捐赠、物资和项目经费。各项性质不同，不可相加。",
                "Where money came from and went: loans, grants, insurance, donations, goods and programme costs. They are different things, never to be added up."
            )
        case .activities:
            Words(
                "举办的活动、参加的人次、线上服务与值守。",
                "Activities held, attendance, online services and duty shifts.")
        }
    }
}
