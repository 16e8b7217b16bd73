import ArgumentParser

struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Print reports of the ledger.",
        discussion: """
            The reports read the database NUANXIN_FUNDING_DB. Amounts are yuan with two decimals. Status 1 \
            if a report does not balance, or if the check of the books finds a fault.
            """,
        subcommands: [
            LedgerTrialBalance.self, LedgerFundStatement.self, LedgerAgedReceivables.self,
            LedgerPostings.self,
        ])
}
