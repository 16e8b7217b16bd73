import Messages
import Postgres
import ServiceKit

/// The name of a programme, and its series and key task. `version` is its sequence.
struct DefinedProgramme: Aggregate {
    let code: String
    var nameZh: String
    var nameEn: String
    var reason: String
    var series: Programme?
    var keyTask: Programme?
    var sequence: Int64 = 0

    var key: String { code }

    static let table = Table<DefinedProgramme>(
        "programme", key: "code",
        columns: [
            Column("code", { $0.code }), Column("name_zh", { $0.nameZh }),
            Column("name_en", { $0.nameEn }), Column("reason", { $0.reason }),
            Column("series", optional: { $0.series }),
            Column("key_task", optional: { $0.keyTask }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        DefinedProgramme(
            code: try row.next(), nameZh: try row.next(), nameEn: try row.next(),
            reason: try row.next(), series: try row.next(optional: Programme.self),
            keyTask: try row.next(optional: Programme.self), sequence: try row.next())
    }
}

/// The association names and groups its programmes. This concerns all territories, so the operator sends it.
enum Programmes {
    static func define(_ command: DefineProgramme, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireOperator()
        let code = command.programme.rawValue
        let sequence = try unit.find(DefinedProgramme.self, code)?.sequence ?? 0
        try Refusal.requireNext(command.version, after: sequence, else: .programmeVersionTaken)
        var programme = DefinedProgramme(
            code: code, nameZh: command.nameZh, nameEn: command.nameEn, reason: command.reason,
            series: command.series, keyTask: command.keyTask, sequence: sequence)
        return try unit.save(&programme, ProgrammeDefined(command))
    }
}

extension RefusalCode {
    static let programmeVersionTaken = RefusalCode(
        "programme_version_taken", "one more than the version in force")
}
