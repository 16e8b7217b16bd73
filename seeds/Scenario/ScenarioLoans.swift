import CommandLineKit
import Messages

struct LoanSeeds: Decodable {
    let programme: Programme
    let nameZh: String
    let nameEn: String
    let openedOn: BusinessDate
    let depositsYuan: [Int64]
    let depositedOn: [BusinessDate]
    let borrowers: Int
    let lentYuan: Int
    let smallestYuan: Int
    let largestYuan: Int
    let year: Int
    let rejected: Int
    let withdrawn: Int
    let repaidPartly: Int
    let repaidInFull: Int
}

/// The Happiness Project: loans from application to repayment, and some applications that lead to none.
extension ScenarioGenerator {
    mutating func lend() throws {
        let seed = seeds.reference.loans
        let fund: FundID = id()
        try emit(
            .foundations,
            OpenFund(
                fund: fund, kind: .revolving, programme: seed.programme,
                territory: seeds.reference.district, nameZh: seed.nameZh, nameEn: seed.nameEn,
                openedOn: seed.openedOn))
        for (yuan, date) in zip(seed.depositsYuan, seed.depositedOn) {
            try emit(
                .preparations,
                DepositToFund(
                    deposit: id(), fund: fund, amountFen: .yuan(yuan), businessDate: date))
        }
        let principals = principals(seed)
        let applicants = population.borrowers()
        let count = seed.borrowers + seed.rejected + seed.withdrawn
        guard applicants.count >= count else {
            throw FileProblem(
                "\(applicants.count) mothers to lend to, \(count) are needed")
        }
        for (index, applicant) in applicants.prefix(count).enumerated() {
            let isGranted = index < seed.borrowers
            let yuan = isGranted ? principals[index] : random.number(in: 10...30) * 1_000
            let steps = try apply(applicant, fund, .yuan(Int64(yuan)), index)
            if isGranted {
                try grant(steps)
                try repay(steps, index)
            } else {
                try turnDown(steps, index - seed.borrowers)
            }
        }
    }

    /// One loan on its way: who decides, and on which days.
    private struct LoanSteps {
        let loan: LoanID
        let principal: Fen
        let applied: BusinessDate
        let community: TerritoryCode
        let subdistrict: Actor
        let district: Actor

        var endorsed: BusinessDate { applied.adding(days: 4) }
        var approved: BusinessDate { applied.adding(days: 11) }
        var disbursed: BusinessDate { applied.adding(days: 18) }
    }

    private mutating func apply(
        _ applicant: ScenarioPopulation.Person, _ fund: FundID, _ principal: Fen, _ index: Int
    ) throws -> LoanSteps {
        let territory = applicant.territory
        // From the middle of January to November, so that all is disbursed within the year.
        let start = BusinessDate(year: seeds.reference.loans.year, month: 1, day: 10)
        let applied = (start ?? seeds.reference.loans.openedOn).adding(
            days: index % 10 * 30 + random.below(28))
        let steps = try LoanSteps(
            loan: id(), principal: principal, applied: applied, community: territory,
            subdistrict: officer(of: territory.ancestor(at: .subdistrict) ?? territory),
            district: officer(of: seeds.reference.district))
        let proposer = try officer(of: territory)
        try emit(
            .applications,
            ApplyForLoan(
                loan: steps.loan, fund: fund, borrower: applicant.person, principalFen: principal,
                appliedOn: applied, actor: proposer))
        return steps
    }

    private mutating func grant(_ steps: LoanSteps) throws {
        for (measure, value) in [
            ("loans_disbursed", 1), ("capital_lent_fen", steps.principal.rawValue),
        ] {
            expectation.add(
                measure, value, programme: seeds.reference.loans.programme, in: steps.community,
                on: steps.disbursed)
        }
        try endorse(steps)
        try emit(
            .approvals,
            ApproveLoan(loan: steps.loan, approvedOn: steps.approved, actor: steps.district))
        try emit(.payments, DisburseLoan(loan: steps.loan, businessDate: steps.disbursed))
    }

    private func endorse(_ steps: LoanSteps) throws {
        try emit(
            .endorsements,
            EndorseLoan(loan: steps.loan, endorsedOn: steps.endorsed, actor: steps.subdistrict))
    }

    /// The first loans are repaid in full, in two parts; the next ones partly.
    private mutating func repay(_ steps: LoanSteps, _ index: Int) throws {
        let seed = seeds.reference.loans
        guard index < seed.repaidInFull + seed.repaidPartly else { return }
        let part = Fen(steps.principal.rawValue / 10 * Int64(random.number(in: 3...6)))
        try repay(
            steps, part, on: steps.disbursed.adding(days: 60 + random.below(60)), in: .repayments)
        guard index < seed.repaidInFull else { return }
        try repay(
            steps, steps.principal - part, on: steps.disbursed.adding(days: 125 + random.below(10)),
            in: .completion)
    }

    private mutating func repay(
        _ steps: LoanSteps, _ amount: Fen, on date: BusinessDate, in phase: ScenarioPhase
    ) throws {
        expectation.add(
            "capital_repaid_fen", amount.rawValue, programme: seeds.reference.loans.programme,
            in: steps.community, on: date)
        try emit(
            phase,
            RepayLoan(
                repayment: id(), loan: steps.loan, amountFen: amount, businessDate: date))
    }

    /// The subdistrict rejects one application, the district the others; the rest are withdrawn.
    private func turnDown(_ steps: LoanSteps, _ index: Int) throws {
        let reason = "the plan of the business is not complete"
        if index >= seeds.reference.loans.rejected {
            try emit(
                .endorsements, WithdrawLoan(loan: steps.loan, withdrawnOn: steps.endorsed))
        } else if index == 0 {
            try emit(
                .endorsements,
                RejectLoan(
                    loan: steps.loan, rejectedOn: steps.endorsed, reason: reason,
                    actor: steps.subdistrict))
        } else {
            try endorse(steps)
            try emit(
                .approvals,
                RejectLoan(
                    loan: steps.loan, rejectedOn: steps.approved, reason: reason,
                    actor: steps.district))
        }
    }

    /// Whole thousands of yuan that sum to what was lent, both bounds among them.
    private mutating func principals(_ seed: LoanSeeds) -> [Int] {
        let unit = 1_000
        let bounds = seed.smallestYuan / unit...seed.largestYuan / unit
        let mean = seed.lentYuan / seed.borrowers / unit
        var principals = [bounds.lowerBound, bounds.upperBound]
        while principals.count < seed.borrowers {
            let some = mean + random.number(in: -9...9)
            principals.append(min(max(some, bounds.lowerBound), bounds.upperBound))
        }
        var rest = seed.lentYuan / unit - principals.reduce(0, +)
        while rest != 0 {
            let index = 2 + random.below(principals.count - 2)
            let changed = principals[index] + rest.signum()
            guard bounds.contains(changed) else { continue }
            principals[index] = changed
            rest -= rest.signum()
        }
        random.shuffle(&principals)
        return principals.map { $0 * unit }
    }
}
