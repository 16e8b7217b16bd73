/// Has reporting forget its cells and make them anew from the journals of the other services.
public struct RebuildCells: Command {
    public static let type = "reporting.cells.rebuild.v1"

    public var reason: String

    public init(reason: String) {
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// Reporting is empty and asks the services that see this to replay their journals to it.
public struct RebuildStarted: Fact {
    public static let type = "reporting.rebuild.started.v1"

    public var reason: String

    public init(reason: String) {
        self.reason = reason
    }
}
