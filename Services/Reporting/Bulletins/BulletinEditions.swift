import Messages
import Postgres
import ServiceKit

/// The bulletin of a month: the number of its editions (`sequence`), and the day of the last one.
struct BulletinIssue: Aggregate {
    let period: String
    var publishedOn: BusinessDate
    var sequence: Int64 = 0

    var key: String { period }

    static let table = Table(
        "bulletin_issue", key: "period", BulletinIssue.init,
        Field("period", \.period), Field("published_on", \.publishedOn),
        Field("sequence", \.sequence))
}

/// Publishing a bulletin keeps its figures as the edition in force has them, states included, for ever. Changes that are not
/// published yet are not in it: a bulletin says no more than the stream.
enum BulletinEditions {
    static func publish(_ command: PublishBulletin, _ unit: UnitOfWork) throws -> Emission {
        let month = command.period
        guard command.publishedOn > month.end else {
            throw Refusal(
                .periodNotOver, at: "/publishedOn", expected: "a date after \(month.end)")
        }
        // One at a time. Nothing is published meanwhile.
        try unit.execute(Summaries.lock)
        let states = try DatasetState.all(unit.query)
        guard let epoch = states.first?.epoch, epoch > 0, states.contains(where: { $0.seq > 0 }),
            let moment = try EditionMoment.inForce(unit.query)
        else { throw Refusal(.notPublished, at: "/period") }
        guard let (bulletin, lines) = try DefinedBulletin.withLines(unit.query) else {
            throw Refusal(.bulletinUndefined, at: "/period")
        }
        try unit.requireScope(bulletin.territory, at: "/period")
        let held = try unit.find(BulletinIssue.self, month.wireText)
        if let held {
            try unit.requireOrder(
                command.publishedOn, from: held.publishedOn, else: .editionTooEarly,
                at: "/publishedOn")
        }
        let figures = try BulletinFigure.published(lines, of: month, in: epoch, unit.query)
        var changed: Int?
        if let held {
            let before = try BulletinEdition.figures(
                of: month, edition: Int(held.sequence), unit.query)
            changed = BulletinEdition.differences(from: before, to: figures).count
            let version = try BulletinEdition.all(of: month, unit.query).first?.version
            guard changed != 0 || version != bulletin.sequence else {
                throw Refusal(.bulletinUnchanged, at: "/period")
            }
        }
        var issue =
            held ?? BulletinIssue(period: month.wireText, publishedOn: command.publishedOn)
        issue.publishedOn = command.publishedOn
        try unit.save(&issue)
        let edition = BulletinEdition(
            period: month, edition: Int(issue.sequence), publishedOn: command.publishedOn,
            publishedAt: unit.now, territory: bulletin.territory, reason: command.reason,
            epoch: epoch,
            dataThrough: try PublishedKeys.programmes(of: bulletin.territory, unit.query)
                .compactMap(\.last).max(),
            moment: moment, version: bulletin.sequence)
        keep(edition, states, figures, unit)
        return Emission(edition.fact(states, figures, changed: changed), of: issue)
    }

    private static func keep(
        _ edition: BulletinEdition, _ states: [DatasetState], _ figures: [BulletinFigure],
        _ unit: UnitOfWork
    ) {
        unit.append(edition)
        for state in states { unit.append(BulletinPosition(edition: edition, state: state)) }
        for figure in figures { unit.append(KeptFigure(edition: edition, figure: figure)) }
    }
}

extension RefusalCode {
    static let editionTooEarly = RefusalCode(
        "edition_too_early", "a date from that of the edition before on")
    static let bulletinUnchanged = RefusalCode(
        "bulletin_unchanged", "figures or lines that differ from those of the last edition")
}
