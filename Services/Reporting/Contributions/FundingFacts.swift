import Messages

// What funding's facts about funds, loans and donations contribute. Capital lent, premium paid and donations are
// different things: each has a source of its own, and nothing adds them up.

extension FundDeposited: Contributing {
    var entry: Entry {
        Entry(
            source: .deposit, record: "deposit/\(deposit)", territory: territory,
            day: businessDate, programme: programme, amount: amountFen.rawValue)
    }
}

// MARK: Loans

extension LoanDisbursed: Contributing {
    var entry: Entry {
        Entry(
            source: .disbursement, record: "loan/\(loan)", territory: territory,
            day: businessDate, programme: programme, amount: principalFen.rawValue,
            subject: borrower.uuid)
    }
}

extension LoanRepaid: Contributing {
    var entry: Entry {
        Entry(
            source: .repayment, record: "repayment/\(repayment)", territory: territory,
            day: businessDate, programme: programme, amount: amountFen.rawValue)
    }
}

extension LoanWrittenOff: Contributing {
    var entry: Entry {
        Entry(
            source: .writeOff, record: "loan/\(loan)/written_off", territory: territory,
            day: businessDate, programme: programme, amount: amountFen.rawValue)
    }
}

extension LoanFellOverdue: Contributing {
    /// A loan may fall overdue more than once, on different days.
    var entry: Entry {
        Entry(
            source: .overdue, record: "loan/\(loan)/overdue/\(businessDate)", territory: territory,
            day: businessDate, programme: programme, amount: overdueFen.rawValue,
            ground: posting?.uuid)
    }
}

extension LoanCaughtUp: Contributing {
    var entry: Entry {
        Entry(
            source: .caughtUp, record: "loan/\(loan)/caught_up/\(businessDate)",
            territory: territory, day: businessDate, programme: programme, ground: posting?.uuid)
    }
}

extension LoanExpired: Contributing {
    var entry: Entry {
        Entry(
            source: .expiry, record: "loan/\(loan)/expired", territory: territory,
            day: businessDate, programme: programme, amount: principalFen.rawValue)
    }
}

// MARK: Donations

extension DonationReceived: Contributing {
    /// Divided by campaign.
    var entry: Entry {
        Entry(
            source: .donation, record: "donation/\(donation)", territory: territory,
            day: receivedOn, programme: programme, dimension: campaign,
            amount: amountFen.rawValue)
    }
}

extension DonationAllocated: Contributing {
    var entry: Entry { entry(0) }
    var others: [Entry] { lines.indices.dropFirst().map(entry) }

    /// Each line counts where the money went.
    private func entry(_ index: Int) -> Entry {
        let line = lines.indices.contains(index) ? lines[index] : nil
        return Entry(
            source: .allocation, record: "allocation/\(allocation)/\(index)",
            territory: line?.territory ?? territory, day: businessDate,
            programme: line?.programme ?? programme,
            amount: (line?.amountFen ?? amountFen).rawValue)
    }
}

extension DonationRefunded: Contributing {
    /// Divided by campaign.
    var entry: Entry {
        Entry(
            source: .refund, record: "refund/\(refund)", territory: territory, day: businessDate,
            programme: programme, dimension: campaign, amount: amountFen.rawValue)
    }
}
