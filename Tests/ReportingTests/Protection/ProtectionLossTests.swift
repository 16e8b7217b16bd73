import Testing

@testable import Reporting

@Suite("How much may be withheld")
struct ProtectionLossTests {
    private func loss(community hidden: Int64, ofValue value: Int64 = 0) -> LossReport {
        func share(_ hidden: Int64, _ value: Int64 = 0) -> HiddenShare {
            HiddenShare(cells: 100, hidden: hidden, value: 100, hiddenValue: value)
        }
        return LossReport([
            .init(level: 6, period: "all", source: "grant", programme: ""): share(0),
            .init(level: 9, period: "all", source: "grant", programme: ""): share(5),
            .init(level: 12, period: "all", source: "grant", programme: ""): share(hidden, value),
        ])
    }

    @Test("More hidden than the association bears is said, by level and of the value of all")
    func excesses() {
        #expect(loss(community: 25, ofValue: 15).excesses == [])
        #expect(
            loss(community: 26).excesses
                == ["community: 26.0 % of the figures are hidden, 25 % may be"])
        #expect(
            loss(community: 0, ofValue: 16).excesses
                == ["5.3 % of the value is hidden, 5 % may be"])
        #expect(LossReport([:]).excesses.count == 3, "of nothing, nothing is proved")
    }
}
