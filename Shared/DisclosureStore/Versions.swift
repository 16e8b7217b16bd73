public import Disclosure

extension GuardedCells {
    /// Cells as versions: what did not change from one edition to the next is one, which stays as hidden or as well
    /// known as it was.
    public struct Versions: Sendable {
        public private(set) var versions: [Cube.Version] = []
        /// The rows of each version.
        public private(set) var rows: [[Row]] = []
    }

    /// - Parameter edition: what began in it has not been seen by anybody.
    public func versions(unseen edition: Int64? = nil) -> Versions {
        var found = Versions()
        var last: Row?
        for row in rows {
            let isSame = last.map {
                $0.territory == row.territory && $0.period == row.period && $0.part == row.part
                    && $0.values == row.values && $0.ended == row.edition
            }
            if isSame == true { found.extend(row) } else { found.begin(row, edition) }
            last = row
        }
        found.dropForgettable()
        return found
    }
}

extension GuardedCells.Versions {
    fileprivate mutating func begin(_ row: GuardedCells.Row, _ unseen: Int64?) {
        let showing: FigureTable.Showing =
            switch row.letter {
            case .primary, .settledPrimary: .primary
            case .complementary, .settledComplementary: .complementary
            case .shown: row.edition == unseen ? .open : .published
            }
        versions.append(
            Cube.Version(
                place: row.territory, period: row.period, part: row.part, values: row.values,
                showing: showing, born: row.born, began: row.edition, ended: row.ended))
        rows.append([row])
    }

    fileprivate mutating func extend(_ row: GuardedCells.Row) {
        versions[versions.count - 1].ended = row.ended
        rows[rows.count - 1].append(row)
    }

    /// What is replaced and was shown, or is settled, binds nothing.
    fileprivate mutating func dropForgettable() {
        let kept = versions.indices.filter {
            versions[$0].ended == nil
                || versions[$0].showing.isHidden && rows[$0].last?.letter.isSettled == false
        }
        versions = kept.map { versions[$0] }
        rows = kept.map { rows[$0] }
    }

    /// Hides a version that nobody has seen, because it is sensitive.
    public mutating func makePrimary(_ index: Int) {
        precondition(versions[index].showing == .open, "what was seen cannot be hidden")
        versions[index].showing = .primary
    }

    public mutating func hide(_ index: Int, as showing: FigureTable.Showing) {
        versions[index].showing = showing
    }
}
