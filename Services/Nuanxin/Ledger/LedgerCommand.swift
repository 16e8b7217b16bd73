import ArgumentParser

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Print reports of funding's ledger.",
        discussion: """
            Amounts are yuan with two decimals. Status 1 if a report does not come out even or the check \
            of the books finds anything.
            """,
        subcommands: [
            LedgerTrialBalance.self, LedgerFundStatement.self, LedgerAgedReceivables.self,
            LedgerPostings.self,
        ])
}
