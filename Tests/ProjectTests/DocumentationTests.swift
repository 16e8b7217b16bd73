import ArgumentParser
import Foundation
import Messages
import Support
import Testing

@testable import ContractExport
@testable import Funding
@testable import Nuanxin
@testable import Reporting
@testable import Scenario
@testable import ServiceKit

@Suite("The pages of the project")
struct DocumentationTests {
    /// Pages that speak of what was, too.
    private static let histories = ["Services/DECISIONS.md", "deploy/contract/CHANGES.md"]

    private let pages: [ProjectPage]

    init() throws { pages = try ProjectPage.all() }

    @Test func `Every link leads to a file of the project, and to a heading if it names one`() {
        let known = Dictionary(uniqueKeysWithValues: pages.map { ($0.path, $0.anchors) })
        #expect(known.count > 20)
        for page in pages {
            for link in page.links where !link.contains(/^[a-z]+:/) {
                let parts = link.split(
                    separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let folder = Project.file(page.path).deletingLastPathComponent()
                let path =
                    parts[0].isEmpty
                    ? page.path
                    : String(
                        folder.appending(path: String(parts[0])).standardized.path
                            .dropFirst(Project.root.path.count + 1))
                #expect(exists(path), "\(page.path): \(link)")
                if parts.count == 2 {
                    let isHeading = known[path]?.contains(String(parts[1])) ?? false
                    #expect(isHeading, "\(page.path): \(link)")
                }
            }
        }
    }

    @Test func `Every command of the tool that a page shows is one, with the options it has`() {
        var count = 0
        for page in pages {
            for words in page.commands.flatMap({ ShellWords($0).commands }) {
                guard let call = ShellWords.tool(words) else { continue }
                count += 1
                let problem = problem(call, of: NuanxinTool.self)
                #expect(problem == nil, "\(page.path): \(words.joined(separator: " "))")
            }
        }
        #expect(count > 100)
    }

    @Test func `Every report of a service and every call of the other programs is one, too`() {
        var seen: Set<String> = []
        for page in pages where !Self.histories.contains(page.path) {
            for words in page.commands.flatMap({ ShellWords($0).commands }) {
                guard let (program, call) = otherCall(words) else { continue }
                seen.insert(program._commandName)
                let problem = problem(call, of: program)
                #expect(problem == nil, "\(page.path): \(words.joined(separator: " "))")
            }
        }
        #expect(seen == ["ledger", "protection", "scenario", "contract-export"])
    }

    @Test func `Every file that a page names is there, and a script has the options it shows`()
        throws
    {
        for page in pages {
            for words in page.commands.flatMap({ ShellWords($0).commands }) {
                var script = ""
                for word in words.map({ $0.hasPrefix("./") ? String($0.dropFirst(2)) : $0 }) {
                    if word.contains(/^(deploy|seeds|Services|Shared|Tests)\/[A-Za-z0-9_.\/-]*$/) {
                        #expect(exists(word), "\(page.path): \(word)")
                        script = scriptText(word)
                    } else if !script.isEmpty, word.hasPrefix("--") {
                        let hasOption = script.contains(word)
                        #expect(hasOption, "\(page.path): \(words.joined(separator: " "))")
                    }
                }
            }
        }
    }

    @Test func `Every setting that a page names is one of the services, the tool or the scripts`()
        throws
    {
        let scripts = try FileManager.default.contentsOfDirectory(
            at: Project.file("deploy"), includingPropertiesForKeys: nil)
        let texts = scripts.filter { $0.pathExtension != "md" }.compactMap {
            try? String(contentsOf: $0, encoding: .utf8)
        }
        let keys = Settings.Key.allCases.flatMap { key in
            key.isSecret ? [key.rawValue, key.rawValue + "_FILE"] : [key.rawValue]
        }
        // A service in capitals stands for SERVICE.
        let known = Set(keys + texts.flatMap(Self.settings) + ["NUANXIN_SERVICE_DB"])
        for page in pages where !Self.histories.contains(page.path) {
            let unknown = Set(Self.settings(in: page.text)).subtracting(known)
            #expect(unknown == [], "\(page.path)")
        }
    }

    @Test func `Every type of message that a page names is in the catalogue`() {
        let types = Set(Catalogue.all.map { $0.type })
        for page in pages where !Self.histories.contains(page.path) {
            let named = page.text.matches(
                of: /\b(registry|funding|events|reporting)(\.[a-z_]+){2}\.v[0-9]+\b/)
            let unknown = Set(named.map { String($0.output.0) }).subtracting(types)
            #expect(unknown == [], "\(page.path)")
        }
    }

    @Test func `The first page is short, and each page of a language names its other`() throws {
        let readme = try #require(pages.first { $0.path == "README.md" })
        #expect(readme.text.split(separator: "\n", omittingEmptySubsequences: false).count <= 151)
        for page in pages where page.path.hasSuffix("README.zh-CN.md") {
            #expect(page.links.contains("README.md"), "\(page.path)")
            let other = page.path.replacing(".zh-CN", with: "")
            let isNamed = pages.first { $0.path == other }?.links.contains("README.zh-CN.md")
            #expect(isNamed == true, "\(other)")
        }
    }

    @Test func `Headings are named as GitHub names them, and code is no link`() {
        let page = ProjectPage(
            "x.md",
            text: """
                # TLS 与口令, `a_b` and [more](y.md)
                ## Same
                ## Same
                See [there](z.md#a), not `[x](no.md)` but `nuanxin dead list\\|show`.
                ```sh
                one \\
                    two # three
                ```
                ```text
                [x](no.md)
                ```
                """)
        #expect(page.anchors == ["tls-与口令-a_b-and-more", "same", "same-1"])
        #expect(page.links == ["y.md", "z.md#a"])
        #expect(ShellWords(page.commands[0]).commands == [["one", "two"]])
        #expect(page.commands.contains("nuanxin dead list|show"))
    }

    // MARK: What there is

    private func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: Project.file(path).path)
    }

    /// Empty for what is no script. The options of `deploy/bench` are those of the measurements that it calls.
    private func scriptText(_ path: String) -> String {
        let file = Project.file(path)
        guard path != "deploy/bench", file.pathExtension.isEmpty,
            FileManager.default.isExecutableFile(atPath: file.path)
        else { return "" }
        return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }

    private static func settings(in text: String) -> [String] {
        text.matches(of: /\bNUANXIN_[A-Z0-9_]*[A-Z0-9]\b/).map { String($0.output) }
    }

    /// A call of a service's report, in a container or not, or of a program for development, and the words after it; nil
    /// where none is called.
    private func otherCall(
        _ words: [String]
    ) -> (program: any ParsableCommand.Type, arguments: ArraySlice<String>)? {
        let names = words.map { String($0.split(separator: "/").last ?? "") }
        for (index, name) in names.enumerated() {
            let rest = words.dropFirst(index + 1)
            switch (name, rest.first) {
            case ("funding", "ledger"): return (LedgerCommand.self, rest.dropFirst())
            case ("reporting", "protection"): return (ProtectionCommand.self, rest.dropFirst())
            case ("scenario", .some) where index == 0: return (ScenarioTool.self, rest)
            case ("contract-export", .some) where index == 0: return (ContractExport.self, rest)
            default: continue
            }
        }
        return nil
    }

    /// The fault of a call of a program; nil if there is none. Words that are neither commands nor options are
    /// arguments, whatever they are.
    private func problem(
        _ call: ArraySlice<String>, of program: any ParsableCommand.Type
    ) -> String? {
        var command = program
        var rest = call.drop { $0 == "help" }
        while let word = rest.first, !command.configuration.subcommands.isEmpty {
            let names = word.split(separator: "|").map(String.init)
            let found = names.map { name in
                command.configuration.subcommands.first { $0._commandName == name }
            }
            if let last = found.last, let next = last, found.allSatisfy({ $0 != nil }) {
                command = next
                rest.removeFirst()
            } else if let usual = command.configuration.defaultSubcommand {
                command = usual
            } else if word.contains(/^[a-z]/) {
                return "there is no \(word)"
            } else {
                break
            }
        }
        let help = program.helpMessage(for: command, columns: 10_000)
        let known = Set(help.matches(of: /--[a-z][a-z-]*/).map { String($0.output) })
        return rest.compactMap { $0.firstMatch(of: /--[a-z][a-z-]*/) }.map { String($0.output) }
            .first { !known.contains($0) }
    }
}
