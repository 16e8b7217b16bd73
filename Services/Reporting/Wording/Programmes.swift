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

    static let table = Table(
        "programme", key: "code", DefinedProgramme.init,
        Field("code", \.code), Field("name_zh", \.nameZh), Field("name_en", \.nameEn),
        Field("reason", \.reason), Field("series", \.series), Field("key_task", \.keyTask),
        Field("sequence", \.sequence))
}

/// The association names and groups its programmes. This concerns all territories, so the operator sends it.
enum Programmes {
    static func define(_ command: DefineProgramme, _ unit: UnitOfWork) throws -> Emission {
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
