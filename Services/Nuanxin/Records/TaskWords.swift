import CommandLineKit

/// What a task asks for, by its kind. A kind that a newer service has stands by its code alone.
enum TaskWords {
    static let kinds: [String: ToolWords] = [
        // Registry
        "name_successor": ToolWords("确定新的户主", "name the new head"),
        "review_categories": ToolWords("核对家庭的类别", "review the family's categories"),
        "review_consents": ToolWords("核对死后的同意书", "review consents given after the death"),
        "decide_handover": ToolWords("决定是否移交", "agree to the handover or decline it"),
        "review_double": ToolWords("核对是否同一人登记两次", "see whether both are one person"),
        // Funding
        "end_cover": ToolWords("终止保障", "end the cover"),
        "settle_loan": ToolWords("了结借款", "settle the loan"),
        "settle_application": ToolWords("了结补助或理赔", "settle the grant or claim"),
        "cancel_visit": ToolWords("取消上门服务", "cancel the visit"),
        // Events
        "restore_registration": ToolWords("恢复报名", "restore the registration"),
        "restore_shift": ToolWords("重新开放值守", "reopen the shift"),
        "review_registration": ToolWords("核对报名", "review the registration"),
        "review_attendance": ToolWords("核对签到", "review the attendance"),
        "review_shift": ToolWords("核对值守", "review the shift"),
        "review_casework": ToolWords("核对个案服务", "review the individual service"),
    ]
}
