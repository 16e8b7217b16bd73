/// The commands of a line of shell, each as its words. It knows as much of the shell as the project's pages use.
struct ShellWords {
    let commands: [[String]]

    init(_ line: String) {
        let code = line.prefix(upTo: line.firstRange(of: " #")?.lowerBound ?? line.endIndex)
        commands = code.split(separator: /\s(?:&&|\|\||\|)(?:\s|$)|;|\$\(|\)/).map { part in
            part.split(separator: /\s/).map(String.init)
        }
    }

    /// The words after `nuanxin`, or after the name of the tool's container; nil where neither is called.
    static func tool(_ words: [String]) -> ArraySlice<String>? {
        let keywords: Set = ["until", "if", "while", "!", "do", "then", "exec"]
        // Values for one command, such as NUANXIN_AMQP_URL=….
        let call = words.drop { keywords.contains($0) || $0.contains(/^[A-Z_]+=/) }
        guard let program = call.first else { return nil }
        if program == "nuanxin" { return call.dropFirst() }
        if program.hasSuffix("compose"), let run = call.firstIndex(of: "run"),
            let tool = call[run...].firstIndex(where: { $0 == "tool" || $0 == "owner" })
        {
            return call[(tool + 1)...]
        }
        // docker run … IMAGE nuanxin COMMAND
        if program == "docker", let last = call.lastIndex(of: "nuanxin"),
            last > call.startIndex, call[last - 1] == "nuanxin"
        {
            return call[(last + 1)...]
        }
        return nil
    }
}
