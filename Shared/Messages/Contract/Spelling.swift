/// How alike two names of fields are.
enum Spelling {
    /// Bytes of a name above which it is compared with nothing.
    private static let longest = 40

    /// The name that is most like another one; the first of several; nil if none is like it.
    ///
    /// Capitals, hyphens and underlines do not matter. Otherwise names of four letters and more may differ by one step, those of
    /// eight and more by two. A step adds, leaves out or replaces a letter, or lets two neighbours change places.
    static func nearest(to name: String, among names: [String]) -> String? {
        guard name.utf8.count <= longest else { return nil }
        let letters = folded(name)
        var best: (name: String, distance: Int)?
        for candidate in names {
            let other = folded(candidate)
            let allowed = min(
                steps(allowedFor: min(letters.count, other.count)),
                best.map { $0.distance - 1 } ?? .max)
            guard allowed >= 0, abs(letters.count - other.count) <= allowed else { continue }
            let distance = distance(letters, other)
            if distance <= allowed { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func steps(allowedFor length: Int) -> Int {
        switch length {
        case ..<4: 0
        case ..<8: 1
        default: 2
        }
    }

    private static func folded(_ name: String) -> [UInt8] {
        name.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "_"), UInt8(ascii: "-"): nil
            default: byte
            }
        }
    }

    /// Steps from one to the other: optimal string alignment.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for (row, letter) in one.enumerated() {
            var line = [row + 1]
            for (column, otherLetter) in other.enumerated() {
                var steps = min(
                    last[column] + (letter == otherLetter ? 0 : 1), last[column + 1] + 1,
                    line[column] + 1)
                if row > 0, column > 0, letter == other[column - 1], one[row - 1] == otherLetter {
                    steps = min(steps, beforeLast[column - 1] + 1)
                }
                line.append(steps)
            }
            (beforeLast, last) = (last, line)
        }
        return last[other.count]
    }
}
