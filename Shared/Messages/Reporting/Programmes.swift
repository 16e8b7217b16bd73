/// Sets the names of a programme for pages and files, its series and its key task. It replaces the
/// definition before.
public struct DefineProgramme: Command, Flattened {
    public static let type = "reporting.programme.define.v1"

    public var programme: Programme
    /// One more than the version in force for this programme; the first is 1.
    public var version: Int
    public var reason: String
    public var nameZh: String
    public var nameEn: String
    /// Code of the series to which it belongs; nil for none.
    public var series: Programme?
    /// Code of the key task that it serves; nil for none.
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

/// The names, series and key task of a programme are set.
public struct ProgrammeDefined: Fact, HasSubject {
    public static let type = "reporting.programme.defined.v1"

    public var about: DefineProgramme

    public init(_ about: DefineProgramme) {
        self.about = about
    }
}
