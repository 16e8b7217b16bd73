/// A file that cannot be read, or does not say what it should, and why.
public struct FileProblem: Error, CustomStringConvertible {
    public let words: ToolWords

    public var description: String { words.en }

    public init(_ words: ToolWords) { self.words = words }

    /// One that is told in English only.
    public init(_ description: String) { self.init(ToolWords(description, description)) }
}
