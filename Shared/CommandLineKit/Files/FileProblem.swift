/// A file that cannot be read, or does not say what it should, and why.
public struct FileProblem: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
