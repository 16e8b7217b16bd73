import ServiceKit

/// Numbers that an operator may set about reporting alone.
extension NumberSetting {
    /// Seconds between two heartbeats of a dataset.
    static let heartbeatSeconds = NumberSetting(.heartbeatSeconds, default: 60, in: 1...3600)
    /// Days for which replaced cells can be requested.
    static let historyDays = NumberSetting(.historyDays, default: 7, in: 1...3650)
    /// The age of an edition, in seconds, at which a new one is due if something was taken in; 0 waits for the calendar.
    static let editionSeconds = NumberSetting(.editionSeconds, default: 0, in: 0...86_400)

    static let ofReporting = [heartbeatSeconds, historyDays, editionSeconds]
}

extension JobSettings {
    var heartbeatSeconds: Int { self[.heartbeatSeconds] }
    var historyDays: Int { self[.historyDays] }
    var editionSeconds: Int { self[.editionSeconds] }
}
