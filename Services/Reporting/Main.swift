import ServiceKit

@main
struct ReportingMain {
    static func main() async {
        await ServiceCommand(
            Reporting.definition, subcommands: [ProtectionCommand.self, WordsCommand.self]
        ).main()
    }
}
