import Disclosure
import DisclosureStore
import Messages
import Postgres
import ServiceKit

/// Decides what of an edition is published: what is sensitive is hidden, and what else must be so that it cannot be
/// told from the rest, from earlier editions and from how figures add up.
enum Protection {
    /// A worker that is silent for longer than two minutes is taken to be stuck.
    private static let longest: Duration = .seconds(30)

    /// A figure that would be known too well.
    struct Exposed {
        let source: String
        let territory: String
        let period: String
        let part: String
        let reads: String
        let finding: Audit.Finding
    }

    /// Hides what must be hidden of the edition's summaries.
    /// - Returns: what could not be protected; then nothing of the edition may be published.
    static func protect(
        _ edition: Edition, _ number: Int64, threshold: Int64, _ connection: Connection
    ) throws -> [Exposed] {
        var exposed: [Exposed] = []
        var letters = Letters()
        for cells in try GuardedCells.all(
            edition.dataset, edition.programme, threshold: threshold, latest: number,
            { try connection.run($0) })
        {
            var versions = cells.versions(unseen: number)
            // What did not change is as safe as it was, and stays hidden in its new rows.
            let hasChanged = versions.versions.contains { $0.began == number || $0.ended == number }
            if hasChanged { try makePrimary(&versions, cells, edition, connection) }
            guard versions.versions.contains(where: { $0.showing.isHidden }) else { continue }
            if hasChanged {
                let (table, found) = hide(&versions, cells)
                exposed += found
                let all = versions.versions
                let newest = Set(all.indices.filter { all[$0].ended == nil })
                letters.settle(table.cellsApart(from: newest), versions, cells.source)
            }
            letters.add(versions, cells, number)
        }
        if exposed.isEmpty { try letters.write(edition, connection) }
        return exposed
    }

    /// Hides what is sensitive of what nobody has seen.
    private static func makePrimary(
        _ versions: inout GuardedCells.Versions, _ cells: GuardedCells, _ edition: Edition,
        _ connection: Connection
    ) throws {
        let open = versions.versions.indices.filter { versions.versions[$0].showing == .open }
        let sensitive = Set(cells.cube.sensitive(versions.versions))
        let dominated = try Dominance.find(
            open.filter { !sensitive.contains($0) }.map { versions.rows[$0][0] }, cells, edition,
            connection)
        for index in open
        where sensitive.contains(index)
            || dominated.contains(versions.rows[index][0].seq, versions.versions[index].part)
        {
            versions.makePrimary(index)
        }
    }

    private static func hide(
        _ versions: inout GuardedCells.Versions, _ cells: GuardedCells
    ) -> (FigureTable, [Exposed]) {
        var table = cells.cube.table(versions.versions)
        let audit = Suppression.protect(&table, within: longest)
        for index in versions.versions.indices { versions.hide(index, as: table.showing[index]) }
        let exposed = audit.findings.map { finding in
            let figure = table.figures[finding.figure]
            let version = versions.versions[table.owners[figure.cell]]
            return Exposed(
                source: cells.source, territory: version.place, period: version.period,
                part: version.part, reads: GuardedCells.layerNames[figure.label],
                finding: finding)
        }
        return (table, exposed)
    }
}
