/// A file of `NAME=value` lines, such as compose reads. Lines that nobody changes stay as they are.
struct EnvironmentFile {
    private(set) var lines: [String]

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    var text: String { lines.joined(separator: "\n") }

    /// The value of a name; setting nil removes it.
    subscript(_ name: String) -> String? {
        get {
            lines.last { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
        }
        set {
            guard newValue != self[name] else { return }
            lines.removeAll { $0.hasPrefix("\(name)=") }
            if let newValue { lines.append("\(name)=\(newValue)") }
        }
    }
}
