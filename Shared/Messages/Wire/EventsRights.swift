extension SendingRight {
    /// Corrections of what events has recorded.
    static let eventCorrections = [
        SendingRight(ReopenSession.self, actor: true, touches: "/session"),
        SendingRight(MoveSession.self, actor: true, touches: "/session", "/territory"),
        SendingRight(ResizeSession.self, actor: true, touches: "/session"),
        SendingRight(CorrectSession.self, actor: true, touches: "/session", "/activity"),
        SendingRight(
            CorrectRegistration.self, actor: true, touches: "/registration", "/person", "/child",
            "/household"),
        SendingRight(RestoreRegistration.self, actor: true, touches: "/registration"),
        SendingRight(CancelShift.self, actor: true, touches: "/shift"),
        SendingRight(ExcuseShift.self, actor: true, touches: "/shift"),
        SendingRight(ReopenShift.self, actor: true, touches: "/shift"),
        SendingRight(
            CorrectShift.self, actor: true, touches: "/shift", "/post", "/person", "/household"),
        SendingRight(VoidPrinting.self, actor: true, touches: "/printing"),
        SendingRight(CorrectPrinting.self, actor: true, touches: "/printing"),
        SendingRight(VoidDistribution.self, actor: true, touches: "/distribution"),
        SendingRight(
            CorrectDistribution.self, actor: true, touches: "/distribution", "/territory",
            "/session"),
        SendingRight(VoidReach.self, actor: true, touches: "/reach"),
        SendingRight(CorrectReach.self, actor: true, touches: "/reach", "/territory", "/session"),
        SendingRight(VoidCasework.self, actor: true, touches: "/casework"),
        SendingRight(
            CorrectCasework.self, actor: true, touches: "/casework", "/territory", "/person"),
    ]
}
