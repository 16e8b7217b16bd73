import Messages

// Contributions of funding's facts about grants, goods and home services. Gifts to families and costs of programmes have
// different sources.

extension GrantPaid: Contributing {
    /// To a family, divided by kind; or what a programme costs.
    var entry: Entry {
        let isSpending = about.kind == .programmeSpending
        return Entry(
            source: isSpending ? .spending : .grant, record: "grant/\(about.grant)",
            territory: about.territory, day: businessDate, programme: about.programme,
            dimension: isSpending ? "" : about.kind.rawValue, amount: amountFen.rawValue,
            subject: about.household?.uuid)
    }

    /// The costs of all programmes together, divided by programme.
    var others: [Entry] {
        guard about.kind == .programmeSpending else { return [] }
        return [
            Entry(
                source: .allSpending, record: "grant/\(about.grant)/all",
                territory: about.territory, day: businessDate, dimension: about.programme.rawValue,
                amount: amountFen.rawValue)
        ]
    }
}

extension GrantReturned: Contributing {
    /// Divided by kind. What was paid stays as it was, on its day.
    var entry: Entry {
        Entry(
            source: .grantReturn, record: "grant_return/\(grantReturn)", territory: about.territory,
            day: businessDate, programme: about.programme, dimension: about.kind.rawValue,
            amount: amountFen.rawValue)
    }
}

// MARK: Goods

extension GoodsIssued: Contributing {
    /// Divided by item.
    var entry: Entry {
        Entry(
            source: .goods, record: "issue/\(issue)", territory: territory, day: businessDate,
            programme: programme, dimension: item, times: Int64(quantity),
            amount: Int64(familiesSupplied), subject: household?.uuid)
    }
}

extension GoodsReturned: Contributing {
    /// The rest of the issue, on the day of the issue.
    var entry: Entry {
        Entry(
            source: .goods, record: "issue/\(issue)", territory: territory, day: businessDate,
            programme: programme, dimension: item, times: Int64(leftQuantity),
            amount: Int64(familiesSupplied), subject: leftQuantity == 0 ? nil : household?.uuid,
            isDated: false)
    }
}

extension HomeServiceCompleted: Contributing {
    /// Divided by what was cleaned.
    var entry: Entry {
        Entry(
            source: .homeService, record: "home_service/\(about.order)", territory: about.territory,
            day: businessDate, programme: about.programme, dimension: about.service.rawValue,
            subject: about.household.uuid)
    }
}
