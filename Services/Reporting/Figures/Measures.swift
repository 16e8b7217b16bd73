/// The measures. The rows of the table `measure`, the dictionary, units and words follow from this list.
enum Measures {
    /// The digests of all versions of the list, the last one of this. Add one with every change of the rows: a new version is a
    /// new migration, which brings them to databases that have an older one. A measure is never removed, because published
    /// cells name it.
    static let digests = [
        "c3ffbee4cdaaa5c9a5d7a37d0a166d20b659f8d47fa99d447824fc7839caa294"
    ]

    static let all = families + recognised + funding + activities

    /// By name.
    static let named = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// Their places in print.
    static let order = Dictionary(
        uniqueKeysWithValues: all.sorted { $0.place < $1.place }.map(\.name).enumerated()
            .map { ($1, $0) })

    private static let families: [Measure] = [
        Measure(
            .families, "households_registered", .registration, .times, in: .household, as: .stock,
            protected: .count, "登记家庭", "households registered"),
        Measure(
            .families, "persons_registered", .registration, .amount, in: .person, as: .stock,
            protected: .count, "登记人员", "persons registered"),
        Measure(
            .families, "commendations", .commendation, .times, in: .commendation, by: .occasion,
            protected: .count, "表彰人次", "commendations"),
        Measure(
            .families, "persons_commended", .commendation, .subjects, in: .person, by: .occasion,
            protected: .count, "受表彰人数", "persons commended"),
        Measure(
            .families, "sites_open", .site, .times, in: .site, by: .kind, as: .stock, "开放站点",
            "sites open"),
        Measure(
            .families, "site_tiers", .siteTier, .largest, in: .tier, by: .kind, "站点共管层级",
            "tiers of co-management of a site"),
        Measure(
            .families, "site_rule_sets", .siteRuleSet, .largest, in: .ruleSet, by: .kind, "站点制度",
            "rule sets of a site"),
        Measure(
            .families, "site_themes", .siteTheme, .largest, in: .theme, by: .kind, "站点主题",
            "themes of a site"),
        Measure(
            .families, "members_active", .membership, .times, in: .member, by: .role, as: .stock,
            "在册会员", "active members"),
    ]

    /// Households and persons by verified category. They are never added up: a family may have several categories.
    private static let recognised: [Measure] = [
        Measure(
            .families, "only_child_households", .onlyChild, .times, in: .household, as: .stock,
            protected: .count, "独生子女家庭", "only-child households"),
        Measure(
            .families, "only_child_persons", .onlyChild, .amount, in: .person, as: .stock,
            protected: .count, "独生子女人员", "persons, only child"),
        Measure(
            .families, "bereaved_households", .bereaved, .times, in: .household, as: .stock,
            protected: .count, "失独家庭", "bereaved households"),
        Measure(
            .families, "bereaved_persons", .bereaved, .amount, in: .person, as: .stock,
            protected: .count, "失独人员", "bereaved persons"),
        Measure(
            .families, "disabled_child_households", .disabledChild, .times, in: .household,
            as: .stock,
            protected: .count, "独生子女伤残家庭", "households with a disabled child"),
        Measure(
            .families, "disabled_child_persons", .disabledChild, .amount, in: .person, as: .stock,
            protected: .count, "独生子女伤残人员", "persons, disabled child"),
        Measure(
            .families, "low_security_households", .lowSecurity, .times, in: .household, as: .stock,
            protected: .count, "低保家庭", "low-security households"),
        Measure(
            .families, "low_security_persons", .lowSecurity, .amount, in: .person, as: .stock,
            protected: .count, "低保人员", "persons on low security"),
        Measure(
            .families, "low_income_households", .lowIncome, .times, in: .household, as: .stock,
            protected: .count, "低收入家庭", "low-income households"),
        Measure(
            .families, "low_income_persons", .lowIncome, .amount, in: .person, as: .stock,
            protected: .count, "低收入人员", "persons on low income"),
        Measure(
            .families, "hardship_girl_households", .hardshipGirl, .times, in: .household,
            as: .stock,
            protected: .count, "计生困难女孩家庭", "households of girls in hardship"),
        Measure(
            .families, "hardship_girl_persons", .hardshipGirl, .amount, in: .person, as: .stock,
            protected: .count, "计生困难女孩", "girls in hardship"),
    ]

    private static let funding: [Measure] = [
        Measure(
            .funding, "deposits_fen", .deposit, .amount, in: .fen, "入账资金", "deposits into funds"),
        Measure(
            .funding, "loans_disbursed", .disbursement, .times, in: .loan, protected: .count,
            "发放借款笔数", "loans paid out"),
        Measure(
            .funding, "borrowers", .disbursement, .subjects, in: .person, protected: .count, "借款人数",
            "borrowers"),
        Measure(
            .funding, "capital_lent_fen", .disbursement, .amount, in: .fen, protected: .money,
            "投放资金", "capital lent"),
        Measure(
            .funding, "principal_min_fen", .disbursement, .smallest, in: .fen, protected: .with,
            "单笔借款最低", "smallest principal"),
        Measure(
            .funding, "principal_max_fen", .disbursement, .largest, in: .fen, protected: .with,
            "单笔借款最高", "largest principal"),
        Measure(
            .funding, "capital_repaid_fen", .repayment, .amount, in: .fen, protected: .money,
            "归还资金", "capital repaid"),
        Measure(
            .funding, "capital_written_off_fen", .writeOff, .amount, in: .fen, protected: .money,
            "核销资金", "capital written off"),
        Measure(
            .funding, "loans_fell_overdue", .overdue, .times, in: .loan, protected: .count, "新逾期借款",
            "loans that fell overdue"),
        Measure(
            .funding, "capital_fell_overdue_fen", .overdue, .amount, in: .fen, protected: .money,
            "新逾期金额", "amount that fell overdue"),
        Measure(
            .funding, "loans_caught_up", .caughtUp, .times, in: .loan, protected: .count, "补还逾期借款",
            "loans that caught up"),
        Measure(
            .funding, "loans_expired", .expiry, .times, in: .loan, protected: .count, "失效借款",
            "approved loans that expired"),
        Measure(
            .funding, "donations", .donation, .times, in: .donation, by: .campaign, "捐赠笔数",
            "donations"),
        Measure(
            .funding, "donations_fen", .donation, .amount, in: .fen, by: .campaign, "捐赠总额",
            "sum of donations"),
        Measure(
            .funding, "donation_min_fen", .donation, .smallest, in: .fen, by: .campaign, "最小一笔捐赠",
            "smallest donation"),
        Measure(
            .funding, "donation_max_fen", .donation, .largest, in: .fen, by: .campaign, "最大一笔捐赠",
            "largest donation"),
        Measure(
            .funding, "donations_allocated_fen", .allocation, .amount, in: .fen, "捐赠拨付",
            "donations allocated"),
        Measure(
            .funding, "donations_refunded_fen", .refund, .amount, in: .fen, by: .campaign, "捐赠退款",
            "donations refunded"),
        Measure(
            .funding, "grants_paid", .grant, .times, in: .grant, by: .kind, protected: .count,
            "发放慰问、助学笔数", "grants paid"),
        Measure(
            .funding, "families_granted", .grant, .subjects, in: .family, by: .kind,
            protected: .count, "受助家庭", "families granted"),
        Measure(
            .funding, "grants_paid_fen", .grant, .amount, in: .fen, by: .kind, protected: .money,
            "发放慰问、助学金额", "sum of grants paid"),
        Measure(
            .funding, "grants_returned_fen", .grantReturn, .amount, in: .fen, by: .kind,
            protected: .money, "退回慰问、助学金额", "grants returned"),
        Measure(
            .funding, "programme_spending_fen", .spending, .amount, in: .fen, "项目经费支出",
            "programme spending"),
        Measure(
            .funding, "all_programme_spending_fen", .allSpending, .amount, in: .fen, by: .programme,
            "全部项目经费支出", "spending of all programmes"),
        Measure(
            .funding, "insured_households", .insurance, .times, in: .household, by: .basis,
            protected: .count, "投保家庭", "insured households"),
        Measure(
            .funding, "households_covered", .insuranceCover, .times, in: .household, by: .basis,
            as: .lapsingStock, protected: .count, "期末在保家庭", "households covered at the end"),
        Measure(
            .funding, "premium_paid_fen", .premium, .amount, in: .fen, by: .basis,
            protected: .money, "家庭投保保费", "premium paid for households"),
        Measure(
            .funding, "insured_persons", .supplement, .times, in: .person, by: .basis,
            protected: .count, "投保人数", "insured persons"),
        Measure(
            .funding, "persons_covered", .supplementCover, .times, in: .person, by: .basis,
            as: .lapsingStock, protected: .count, "期末在保人数", "persons covered at the end"),
        Measure(
            .funding, "supplement_paid_fen", .supplementPaid, .amount, in: .fen, by: .basis,
            protected: .money, "个人投保保费", "premium paid for persons"),
        Measure(
            .funding, "supplement_min_fen", .supplementPremium, .smallest, in: .fen, by: .basis,
            protected: .with, "个人投保每人最低保费", "smallest premium of a person"),
        Measure(
            .funding, "supplement_max_fen", .supplementPremium, .largest, in: .fen, by: .basis,
            protected: .with, "个人投保每人最高保费", "largest premium of a person"),
        Measure(
            .funding, "policies_terminated", .termination, .times, in: .policy, by: .basis,
            protected: .count, "终止保单", "policies terminated"),
        Measure(
            .funding, "premium_returned_fen", .termination, .amount, in: .fen, by: .basis,
            protected: .money, "退回保费", "premium returned"),
        Measure(
            .funding, "claims_paid", .claim, .times, in: .claim, protected: .count, "赔付件数",
            "claims paid"),
        Measure(
            .funding, "claims_paid_fen", .claim, .amount, in: .fen, protected: .money, "赔付金额",
            "sum of claims paid"),
        Measure(
            .funding, "goods_issued", .goods, .times, in: .piece, by: .item, protected: .with,
            "发放物资件数", "goods issued"),
        Measure(
            .funding, "households_supplied", .goods, .subjects, in: .household, by: .item,
            protected: .count, "领取物资家庭", "households supplied"),
        Measure(
            .funding, "families_supplied", .goods, .amount, in: .family, by: .item,
            protected: .count, "受益家庭", "families supplied"),
        Measure(
            .funding, "home_services", .homeService, .times, in: .visit, by: .service,
            protected: .count, "入户服务次数", "home services"),
        Measure(
            .funding, "households_served", .homeService, .subjects, in: .household, by: .service,
            protected: .count, "入户服务家庭", "households served"),
    ]

    private static let activities: [Measure] = [
        Measure(
            .activities, "sessions_held", .session, .times, in: .session, by: .kind, "活动场次",
            "sessions held"),
        Measure(
            .activities, "attendance_person_times", .attendance, .times, in: .personTime, by: .kind,
            protected: .count, "参加人次", "attendance, person-times"),
        Measure(
            .activities, "attendance_persons", .attendance, .subjects, in: .person, by: .kind,
            protected: .count, "参加人数", "persons who attended"),
        Measure(
            .activities, "attendance_identified", .attendance, .amount, in: .personTime, by: .kind,
            protected: .count, "实名参加人次", "attendance by roster, person-times"),
        Measure(
            .activities, "parent_child_pairs", .pair, .times, in: .pair, by: .kind,
            protected: .count, "参加亲子", "parent–child pairs"),
        Measure(
            .activities, "household_times", .householdAttendance, .times, in: .householdTime,
            by: .kind, protected: .count, "参加户次", "attendance of households"),
        Measure(
            .activities, "attending_households", .householdAttendance, .subjects, in: .household,
            by: .kind, protected: .count, "参加家庭", "households that attended"),
        Measure(
            .activities, "followers", .followers, .times, in: .follower, by: .channel, as: .stock,
            "线上关注人数", "online followers"),
        Measure(
            .activities, "viewers", .viewers, .times, in: .viewer, by: .channel, as: .stock, "观看人数",
            "viewers"),
        Measure(
            .activities, "viewer_households", .viewerHouseholds, .times, in: .household,
            by: .channel, as: .stock, "观看家庭", "viewer households"),
        Measure(
            .activities, "shifts_completed", .shift, .times, in: .shift, by: .role, "完成值守班次",
            "shifts completed"),
        Measure(
            .activities, "persons_on_duty", .shift, .subjects, in: .person, by: .role, "值守人数",
            "persons on duty"),
        Measure(
            .activities, "volunteer_households", .householdShift, .subjects, in: .household,
            protected: .count, "志愿家庭", "volunteer households"),
        Measure(
            .activities, "most_shifts_of_a_household", .householdShift, .most, in: .shift,
            protected: .with, "单个志愿家庭值守班次最多", "most shifts of one volunteer household"),
        Measure(
            .activities, "shifts_missed", .missedShift, .times, in: .shift, by: .role, "缺勤班次",
            "shifts missed"),
        Measure(
            .activities, "duty_posts", .dutyPost, .times, in: .post, by: .kind, as: .stock, "值守岗位",
            "duty posts"),
        Measure(
            .activities, "materials_printed", .printing, .times, in: .copy, by: .kind, "印制宣传品",
            "materials printed"),
        Measure(
            .activities, "materials_distributed", .distribution, .times, in: .copy, by: .kind,
            "发放宣传品", "materials distributed"),
        Measure(
            .activities, "casework_person_times", .casework, .times, in: .personTime, by: .kind,
            protected: .count, "个性化服务人次", "individual services, person-times"),
        Measure(
            .activities, "casework_persons", .casework, .subjects, in: .person, by: .kind,
            protected: .count, "个性化服务人数", "persons with individual services"),
    ]
}
