import ServiceKit

@main
struct FundingMain {
    static func main() async {
        await ServiceCommand(Funding.definition, subcommands: [LedgerCommand.self]).main()
    }
}
