import Messages
import ServiceKit

/// Names the parts of measures, such as `low_income` in `insured_households:low_income`.
///
/// Each word of the contract has a name, because a `switch` is complete. Words that publishers make up (a campaign, an
/// occasion, an item of stock) are shown as they are written, unless they are a programme's code. The association may rename
/// both for its district.
enum PartNames {
    static func name(
        of part: String, by dimension: Measure.Dimension?, _ programmes: ProgrammeNames,
        _ words: DistrictWords
    ) -> Words {
        words[.part, part, dimension?.rawValue] ?? contractWord(part, by: dimension)
            ?? isolated(programmes[part])
    }

    /// A text of a publisher's stays apart from the page around it.
    private static func isolated(_ words: Words) -> Words {
        Words(ForeignText.isolated(words.zh), ForeignText.isolated(words.en))
    }

    /// The name of a word of the contract; nil if the dimension has no such word.
    static func contractWord(_ part: String, by dimension: Measure.Dimension?) -> Words? {
        switch dimension {
        case .kind: kind(part)
        case .basis: Basis(rawValue: part)?.name
        case .role: MemberRole(rawValue: part)?.name ?? DutyRole(rawValue: part)?.name
        case .channel: ReachChannel(rawValue: part)?.name
        case .service: HomeServiceKind(rawValue: part)?.name
        case .campaign, .occasion, .item, .programme, nil: nil
        }
    }

    /// Whether the dimension may have such a part.
    static func allows(_ part: String, by dimension: Measure.Dimension) -> Bool {
        !dimension.isClosed || contractWord(part, by: dimension) != nil
    }

    /// Kinds of different measures, whose codes do not collide.
    private static func kind(_ code: String) -> Words? {
        if let kind = ActivityKind(rawValue: code) { return kind.name }
        if let kind = SiteKind(rawValue: code) { return kind.name }
        if let kind = GrantKind(rawValue: code) { return kind.name }
        if let kind = PostKind(rawValue: code) { return kind.name }
        if let kind = MaterialKind(rawValue: code) { return kind.name }
        return CaseworkKind(rawValue: code)?.name
    }
}

extension Basis {
    var name: Words {
        switch self {
        case .specialFamily: Words("计生特殊家庭", "special families")
        case .lowSecurity: Words("低保家庭", "low-security households")
        case .lowIncome: Words("低收入家庭", "low-income households")
        case .onlyChildParents:
            Words("父母达到规定年龄的独生子女家庭", "only-child households, parents of the rule's age")
        case .bereaved: Words("失独人员", "bereaved persons")
        }
    }
}

extension MemberRole {
    var name: Words {
        switch self {
        case .member: Words("会员", "members")
        case .groupLeader: Words("小组长", "group leaders")
        case .volunteer: Words("志愿者", "volunteers")
        case .staff: Words("工作人员", "staff")
        case .officer: Words("专干", "officers")
        }
    }
}

extension DutyRole {
    var name: Words {
        switch self {
        case .staff: Words("工作人员", "staff")
        case .volunteer: Words("志愿者", "volunteers")
        }
    }
}

extension ReachChannel {
    var name: Words {
        switch self {
        case .wechatAccount: Words("微信公众号", "WeChat account")
        case .wechatGroup: Words("微信群", "WeChat groups")
        case .livePlatform: Words("直播平台", "live platform")
        case .videoAccount: Words("视频号", "video account")
        case .website: Words("网站", "website")
        }
    }
}

extension HomeServiceKind {
    var name: Words {
        switch self {
        case .airConditioner: Words("空调清洗", "air-conditioner cleaning")
        case .hood: Words("油烟机清洗", "kitchen-hood cleaning")
        }
    }
}

extension ActivityKind {
    var name: Words {
        switch self {
        case .activity: Words("活动", "activities")
        case .teaTalk: Words("茶话会", "tea talks")
        case .lecture: Words("讲座", "lectures")
        case .class: Words("课程", "classes")
        case .outdoor: Words("户外亲子活动", "outdoor family sessions")
        case .liveStream: Words("直播", "live streams")
        case .onlineClass: Words("线上课程", "online classes")
        }
    }
}

extension SiteKind {
    var name: Words {
        switch self {
        case .warmHome: Words("暖心家园", "Warm Homes")
        case .youthHealthClub: Words("青春健康俱乐部", "youth health clubs")
        }
    }
}

extension GrantKind {
    var name: Words {
        switch self {
        case .condolence: Words("慰问", "condolence")
        case .tuition: Words("助学", "tuition")
        case .programmeSpending: Words("项目支出", "programme spending")
        }
    }
}

extension PostKind {
    var name: Words {
        switch self {
        case .lanePost: Words("巷口岗", "lane posts")
        case .compound: Words("小区", "compounds")
        case .station: Words("车站", "stations")
        case .site: Words("站点", "sites")
        }
    }
}

extension MaterialKind {
    var name: Words {
        switch self {
        case .leaflet: Words("折页", "leaflets")
        case .booklet: Words("手册", "booklets")
        case .poster: Words("海报", "posters")
        case .handbook: Words("读本", "handbooks")
        }
    }
}

extension CaseworkKind {
    var name: Words {
        switch self {
        case .counselling: Words("咨询", "counselling")
        case .homeVisit: Words("入户指导", "home visits")
        case .assessment: Words("测评", "assessments")
        case .guidance: Words("个性化指导", "individual guidance")
        case .referral: Words("转介", "referrals")
        }
    }
}
