/// Says what a programme is called, on pages and in files for readers. It replaces what was said of it before.
public struct DefineProgramme: Command {
    public static let type = "reporting.programme.define.v1"

    public var programme: Programme
    /// One more than that in force for this programme; the first is 1.
    public var version: Int
    public var reason: String
    public var nameZh: String
    public var nameEn: String

    public init(
        programme: Programme, version: Int, reason: String, nameZh: String, nameEn: String
    ) {
        self.programme = programme
        self.version = version
        self.reason = reason
        self.nameZh = nameZh
        self.nameEn = nameEn
    }

    public func check(_ checks: inout Checks) {
        checks.number(version, "version", 1...1_000_000)
        checks.text(reason, "reason", TextLimit.reason)
        checks.text(nameZh, "nameZh", TextLimit.name)
        checks.text(nameEn, "nameEn", TextLimit.name)
    }
}

/// What a programme is called from now on.
public struct ProgrammeDefined: Fact {
    public static let type = "reporting.programme.defined.v1"

    public var programme: Programme
    public var version: Int
    public var reason: String
    public var nameZh: String
    public var nameEn: String

    public init(_ command: DefineProgramme) {
        programme = command.programme
        version = command.version
        reason = command.reason
        nameZh = command.nameZh
        nameEn = command.nameEn
    }
}
