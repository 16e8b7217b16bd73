import Foundation
import ServiceKit

/// `registry run` needs the keys that seal personal data; no other subcommand does.
@main
struct RegistryMain {
    static func main() async {
        guard CommandLine.arguments.dropFirst().first == "run" else {
            return await ServiceCommand(Registry.withoutKey).main()
        }
        guard let keyring = try? orExit({ try Keyring(Settings()) }) else { exit(2) }
        await ServiceCommand(Registry.definition(keyring)).main()
    }
}
