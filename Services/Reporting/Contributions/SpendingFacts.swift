import Messages

// What funding's facts about grants, goods and home services contribute. What families are given and what programmes
// cost have sources of their own.

extension GrantPaid: Contributing {
    /// To a family, divided by kind; or what a programme costs.
    var entry: Entry {
        let isSpending = kind == .programmeSpending
        return Entry(
            source: isSpending ? .spending : .grant, record: "grant/\(grant)",
            territory: territory, day: businessDate, programme: programme,
            dimension: isSpending ? "" : kind.rawValue, amount: amountFen.rawValue,
            subject: household?.uuid)
    }

    /// What all programmes cost together, divided by programme.
    var others: [Entry] {
        guard kind == .programmeSpending else { return [] }
        return [
            Entry(
                source: .allSpending, record: "grant/\(grant)/all", territory: territory,
                day: businessDate, dimension: programme.rawValue, amount: amountFen.rawValue)
        ]
    }
}

extension GrantReturned: Contributing {
    /// Divided by kind. What was paid stays as it was, on its day.
    var entry: Entry {
        Entry(
            source: .grantReturn, record: "grant_return/\(grantReturn)", territory: territory,
            day: businessDate, programme: programme, dimension: kind.rawValue,
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
    /// What is left of the issue, on the day of the issue.
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
            source: .homeService, record: "home_service/\(order)", territory: territory,
            day: businessDate, programme: programme, dimension: service.rawValue,
            subject: household.uuid)
    }
}
