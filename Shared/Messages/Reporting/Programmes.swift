/// Says what a programme is called, on pages and in files for readers, and what it belongs to. It replaces all that was said of it
/// before.
public struct DefineProgramme: Command {
    public static let type = "reporting.programme.define.v1"

    public var programme: Programme
    /// One more than that in force for this programme; the first is 1.
    public var version: Int
    public var reason: String
    public var nameZh: String
    public var nameEn: String
    /// The code of the series that it belongs to; nil for none.
    public var series: Programme?
    /// The code of the key task that it serves; nil for none.
    public var keyTask: Programme?

    public init(
        programme: Programme, version: Int, reason: String, nameZh: String, nameEn: String,
        series: Programme? = nil, keyTask: Programme? = nil
    ) {
        self.programme = programme
        self.version = version
        self.reason = reason
        self.nameZh = nameZh
        self.nameEn = nameEn
        self.series = series
        self.keyTask = keyTask
    }

    public func check(_ checks: inout Checks) {
        checks.number(version, "version", 1...1_000_000)
        checks.text(reason, "reason", TextLimit.reason)
        checks.text(nameZh, "nameZh", TextLimit.name)
        checks.text(nameEn, "nameEn", TextLimit.name)
    }
}

/// What a programme is called, and what it belongs to, from now on.
public struct ProgrammeDefined: Fact {
    public static let type = "reporting.programme.defined.v1"

    public var programme: Programme
    public var version: Int
    public var reason: String
    public var nameZh: String
    public var nameEn: String
    public var series: Programme?
    public var keyTask: Programme?

    public init(_ command: DefineProgramme) {
        programme = command.programme
        version = command.version
        reason = command.reason
        nameZh = command.nameZh
        nameEn = command.nameEn
        series = command.series
        keyTask = command.keyTask
    }
}
