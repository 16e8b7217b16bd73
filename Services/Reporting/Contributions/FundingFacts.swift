import Messages

// Contributions of funding's facts about funds, loans and donations. Capital lent, premium paid and donations are different
// things. Each has its own source, and nothing adds them up.

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
            source: .disbursement, record: "loan/\(about.loan)", territory: about.territory,
            day: businessDate, programme: about.programme, amount: about.principalFen.rawValue,
            subject: about.borrower.uuid)
    }
}

extension LoanRepaid: Contributing {
    var entry: Entry {
        Entry(
            source: .repayment, record: "repayment/\(repayment)", territory: about.territory,
            day: businessDate, programme: about.programme, amount: amountFen.rawValue)
    }
}

extension LoanWrittenOff: Contributing {
    var entry: Entry {
        Entry(
            source: .writeOff, record: "loan/\(about.loan)/written_off", territory: about.territory,
            day: businessDate, programme: about.programme, amount: amountFen.rawValue)
    }
}

extension LoanFellOverdue: Contributing {
    /// A loan may fall overdue more than once, on different days.
    var entry: Entry {
        Entry(
            source: .overdue, record: "loan/\(about.loan)/overdue/\(businessDate)",
            territory: about.territory, day: businessDate, programme: about.programme,
            amount: overdueFen.rawValue, ground: posting?.uuid)
    }
}

extension LoanCaughtUp: Contributing {
    var entry: Entry {
        Entry(
            source: .caughtUp, record: "loan/\(about.loan)/caught_up/\(businessDate)",
            territory: about.territory, day: businessDate, programme: about.programme,
            ground: posting?.uuid)
    }
}

extension LoanExpired: Contributing {
    var entry: Entry {
        Entry(
            source: .expiry, record: "loan/\(about.loan)/expired", territory: about.territory,
            day: businessDate, programme: about.programme, amount: about.principalFen.rawValue)
    }
}

// MARK: Donations

extension DonationReceived: Contributing {
    /// Divided by campaign.
    var entry: Entry {
        Entry(
            source: .donation, record: "donation/\(about.donation)", territory: about.territory,
            day: receivedOn, programme: about.programme, dimension: about.campaign,
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
            territory: line?.territory ?? about.territory, day: businessDate,
            programme: line?.programme ?? about.programme,
            amount: (line?.amountFen ?? amountFen).rawValue)
    }
}

extension DonationRefunded: Contributing {
    /// Divided by campaign.
    var entry: Entry {
        Entry(
            source: .refund, record: "refund/\(refund)", territory: about.territory,
            day: businessDate, programme: about.programme, dimension: about.campaign,
            amount: amountFen.rawValue)
    }
}
