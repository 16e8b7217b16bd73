import Messages

/// The instalments of a loan: monthly, equal, in whole fen. The first is due a month after the loan was
/// paid out. The last one takes the remainder of the division.
///
/// An instalment may be paid on its due day, and is overdue from the next day on. The function
/// `instalments_due` of the schema says the same.
struct LoanSchedule {
    let principal: Fen
    let months: Int
    let disbursedOn: BusinessDate

    /// The amount of an instalment.
    /// - Parameter number: from 1 to `months`.
    func instalment(_ number: Int) -> Fen {
        let equal = principal.rawValue / Int64(months)
        return number < months ? Fen(equal) : principal - equal * Fen(Int64(months - 1))
    }

    /// The due day of an instalment: the day of the month of the disbursement, or the last day of a
    /// shorter month.
    func dueDay(_ number: Int) -> BusinessDate { disbursedOn.adding(months: number) }

    /// The sum of the instalments due before that day.
    func due(before day: BusinessDate) -> Fen {
        let numbers = 1...months
        return numbers.prefix { dueDay($0) < day }.reduce(.zero) { $0 + instalment($1) }
    }

    /// The first day on which more is due than was paid; nil if all is paid.
    func overdueFrom(paid: Fen) -> BusinessDate? {
        var due = Fen.zero
        for number in 1...months {
            due = due + instalment(number)
            if due > paid { return dueDay(number).adding(days: 1) }
        }
        return nil
    }
}

extension Loan {
    /// The amount that is due and not paid on a day. The day must not be before `lastOn`: the amount paid
    /// is that of the latest state.
    func overdue(on day: BusinessDate) -> Fen {
        guard let schedule, state.isOwed else { return .zero }
        return max(.zero, schedule.due(before: day) - (principal - outstanding))
    }

    /// The day on which it falls overdue if nothing more is paid, or fell so. Not before `lastOn`.
    var overdueOn: BusinessDate? {
        guard state.isOwed else { return nil }
        return schedule?.overdueFrom(paid: principal - outstanding).map { max($0, lastOn) }
    }
}
