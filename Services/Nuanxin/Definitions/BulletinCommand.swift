import ArgumentParser
import CommandLineKit
import Messages
import Postgres
import ServiceKit

struct BulletinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bulletin",
        abstract: "Show the bulletin, check another, and put it in force.",
        subcommands: [BulletinShow.self, BulletinCheck.self, BulletinDefine.self])
}

struct BulletinDefine: ParsableCommand {
    static let configuration = DefinitionOptions.defining("bulletin", "seeds/bulletin.json")

    @OptionGroup var definition: DefinitionOptions

    func run() throws { try definition.send(DefineBulletin.self, isQuestion: false) }
}

struct BulletinCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Ask whether a bulletin would be accepted, without keeping it.",
        discussion: "Asks reporting as the user of NUANXIN_AMQP_URL. Status 4 if it would refuse.")

    @OptionGroup var definition: DefinitionOptions

    func run() throws { try definition.send(DefineBulletin.self, isQuestion: true) }
}

struct BulletinShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the lines and the version of the bulletin in force.",
        discussion: "The command reads reporting's database.")

    @OptionGroup var options: ReportOptions

    func run() throws {
        let bulletin = try options.read("reporting") { try BulletinOutline($0) }
        try options.show(bulletin, bulletin.text)
    }
}

/// The bulletin as it is in force.
private struct BulletinOutline: Encodable {
    struct Line: Encodable {
        let number: Int
        let nameZh: String
        let nameEn: String
        let measure: String
        let programme: String
        let part: String
        let territory: String
        let period: String
    }

    /// 0 before one is defined.
    let version: Int64
    let territory: String
    let reason: String
    let lines: [Line]

    init(_ connection: Connection) throws {
        let rows = try connection.run("SELECT sequence, territory, reason FROM bulletin_definition")
        version = try rows.first?.decode(Int64.self, at: 0) ?? 0
        territory = try rows.first?.decode(String.self, at: 1) ?? ""
        reason = try rows.first?.decode(String.self, at: 2) ?? ""
        lines = try connection.run(
            """
            SELECT number, name_zh, name_en, measure, programme, dimension, territory,
                   period_name(span, start)
            FROM bulletin_line ORDER BY number
            """
        ).map { row in
            var row = row.cursor()
            return Line(
                number: Int(try row.next(Int32.self)), nameZh: try row.next(),
                nameEn: try row.next(), measure: try row.next(), programme: try row.next(),
                part: try row.next(), territory: try row.next(), period: try row.next())
        }
    }

    var text: String {
        guard version > 0 else { return "No bulletin is defined." }
        var table = TextTable([
            ("line", .right), ("figure", .left), ("measure", .left), ("programme", .left),
            ("part", .left), ("territory", .left), ("period", .left),
        ])
        for line in lines {
            table.add([
                "\(line.number)", "\(line.nameZh) \(line.nameEn)", line.measure, line.programme,
                line.part, line.territory, line.period,
            ])
        }
        return """
            Version \(version), of \(territory): \(reason)

            \(table.text)
            """
    }
}
