/// Codes of refusals that queries meet, in Chinese. In English a refusal says itself what would be right.
enum RefusalWords {
    /// What is wrong, and for codes of many fields what would be right, as the service says it.
    static func text(of code: String, expected: String) -> String {
        if let text = exact[code] { return text }
        let right = "应为：\(ExpectedWords.chinese(expected))"
        return general[code].map { "\($0)，\(right)" } ?? right
    }

    /// All is said by the code.
    static let exact: [String: String] = [
        "out_of_scope": "未授权给您，或不在您的地区",
        "publisher_over_quota": "查询太多，请稍后再试",
        "reply_to_missing": "没有写明回执队列",
        "unknown_person": "没有这个人",
        "unknown_household": "没有这个家庭",
        "unknown_member": "没有这项会籍或职务",
        "unknown_site": "没有这个站点",
        "unknown_territory": "没有这个地区",
        "unknown_session": "没有这个场次",
        "unknown_shift": "没有这次值守",
        "unknown_post": "没有这个岗位",
        "unknown_loan": "没有这笔借款",
        "unknown_fund": "没有这项资金",
        "unknown_run": "没有这个参保批次",
        "unknown_state": "没有这种状态",
        "unknown_record": "没有这条记录",
        "unknown_fact": "这条记录没有这条事实",
        "unknown_task": "没有这项待办",
        "unknown_task_kind": "该服务没有这种待办",
        "unknown_measure": "数据字典里没有这个指标",
        "unknown_dataset": "没有这个数据集",
        "unknown_group": "没有项目属于这个系列或重点任务",
        "person_erased": "这个人的资料已清除",
        "too_many_found": "符合的人太多，请把条件写得更具体",
        "too_wide": "涉及的数字太多，请缩小范围",
        "not_published": "尚未公布",
        "epoch_gone": "纪元已更换，请用最近一条消息的纪元",
        "range_gone": "这一段已不保留，请改取快照",
        "unit_divided": "该地区已拆分",
        "plan_busy": "正在试算另一份方案，请稍后再试",
        "row_locked": "记录暂时被占用，请稍后再试",
        "unknown_type": "没有这种消息",
        "not_json": "不是 JSON 文档",
        "too_large": "内容太大",
    ]

    /// The value that would be right depends on the field.
    static let general: [String: String] = [
        "invalid_value": "值不对",
        "missing_field": "缺少必填的字段",
        "mistyped_field": "值的 JSON 类型不对",
        "repeated_name": "同一个名字写了两次",
        "date_out_of_bounds": "日期超出范围",
        "boundaries_too_early": "区划的日期太早",
    ]
}
