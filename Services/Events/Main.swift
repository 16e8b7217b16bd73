import ServiceKit

@main
struct EventsMain {
    static func main() async { await ServiceCommand(Events.definition).main() }
}
