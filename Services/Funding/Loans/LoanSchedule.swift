import Messages

/// When which part of a loan is due: equal monthly instalments in whole fen, the first a month after
/// the money was paid out; the last one takes what the division left over.
///
/// An instalment may be paid on its due day; from the day after it is overdue. The schema says the
/// same in `instalments_due`.
struct LoanSchedule: Equatable {
    let principal: Fen
    let months: Int
    let disbursedOn: BusinessDate

    /// From 1 to `months`.
    func instalment(_ number: Int) -> Fen {
        let equal = principal.rawValue / Int64(months)
        return number < months ? Fen(equal) : principal - equal * Fen(Int64(months - 1))
    }

    /// The same day of the month as the disbursement's, or the last one of a shorter month.
    func dueDay(_ number: Int) -> BusinessDate { disbursedOn.adding(months: number) }

    /// All that had to be paid before that day.
    func due(before day: BusinessDate) -> Fen {
        let numbers = 1...months
        return numbers.prefix { dueDay($0) < day }.reduce(.zero) { $0 + instalment($1) }
    }
}

extension Loan {
    /// What is due and not paid on a day on which nothing later is known of the loan.
    func overdue(on day: BusinessDate) -> Fen {
        guard let schedule, state.isOwed else { return .zero }
        return max(.zero, schedule.due(before: day) - (principal - outstanding))
    }
}
