import ArgumentParser
public import Messages

/// Counts of answered and unanswered commands.
public struct SendingTally {
    private(set) var accepted = 0
    private(set) var duplicate = 0
    public private(set) var rejected = 0
    public var missing = 0
    /// Answered commands with fields that their types do not have.
    public private(set) var ignored = 0

    public init() {}

    public var answered: Int { accepted + duplicate + rejected }

    /// A duplicate of a rejected command is as good as rejected.
    public mutating func count(_ receipt: Receipt) {
        if receipt.ignored?.isEmpty == false { ignored += 1 }
        if receipt.isRejection {
            rejected += 1
        } else if receipt.status == .duplicate {
            duplicate += 1
        } else {
            accepted += 1
        }
    }

    /// 4 if anything was rejected, 3 if receipts are missing.
    public func check() throws {
        if rejected > 0 { throw ExitCode(4) }
        if missing > 0 { throw ExitCode(3) }
    }

    public var description: String {
        "\(accepted) accepted, \(duplicate) duplicate, \(rejected) rejected, \(missing) without a receipt"
    }
}

extension Receipt {
    /// Also if it would have waited, and nobody waits for a dry run.
    public var isRejection: Bool {
        decision.status == .rejected || dryRun == true && decision.status == .parked
    }
}
