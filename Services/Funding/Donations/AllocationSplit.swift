import Messages

/// Divides a donation among the lines of an allocation.
///
/// A line with an amount gets that amount. A line with a share gets that part of the whole donation, by
/// the method of the largest remainder (Hamilton): each share is rounded down to whole fen, and the fen
/// left over go, one each, to the shares with the largest fractions; of equal fractions, the earlier
/// line comes first. So shares of 100 % are all of the donation, and no line is more than a fen off.
enum AllocationSplit {
    /// Basis points (hundredths of a percent) in 100 %.
    private static let whole: Int64 = 10_000

    static func amounts(_ lines: [AllocationLine], of donation: Fen) -> [Fen] {
        let shares = lines.map { share($0.basisPoints ?? 0, of: donation) }
        let together = share(lines.reduce(0) { $0 + ($1.basisPoints ?? 0) }, of: donation)
        let left = together.fen - shares.reduce(0) { $0 + $1.fen }
        let byFraction = shares.indices.sorted {
            (shares[$1].fraction, $0) < (shares[$0].fraction, $1)
        }
        let favoured = Set(byFraction.prefix(Int(left)))
        return lines.indices.map { index in
            lines[index].amountFen
                ?? Fen(shares[index].fen + (favoured.contains(index) ? 1 : 0))
        }
    }

    /// A share in whole fen, and the fraction in ten-thousandths of a fen.
    private static func share(_ basisPoints: Int, of donation: Fen) -> (fen: Int64, fraction: Int64)
    {
        // In two parts, because the largest donation times 10,000 is more than Int64 holds.
        let (quotient, rest) = donation.rawValue.quotientAndRemainder(dividingBy: whole)
        let (fen, fraction) = (rest * Int64(basisPoints)).quotientAndRemainder(dividingBy: whole)
        return (quotient * Int64(basisPoints) + fen, fraction)
    }
}
