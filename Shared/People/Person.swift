public import Foundation
public import Messages
public import Postgres
public import ServiceKit

/// A person as registry has published it last, without name and papers.
///
/// A row is one id. `Persons` finds the human whom an id means.
public struct Person: Row, Equatable {
    public let id: PersonID
    /// That of the record which this is from.
    public var version: Int64
    /// Nil in a service that forgets it, once the person is erased.
    public var birthDate: BusinessDate?
    public var sex: Sex
    /// In the order of days. Empty in a service that forgets them, once the person is erased.
    public var stays: [Stay]
    public var diedOn: BusinessDate?
    /// The person whom this id means now. Never one who was merged too.
    public var mergedInto: PersonID?
    public var mergedOn: BusinessDate?
    public var erasedOn: BusinessDate?

    public var key: UUID { id.uuid }

    public init(_ record: PersonRecord) {
        self.init(
            id: record.person, version: record.version, birthDate: record.birthDate,
            sex: record.sex, stays: record.stays, diedOn: record.diedOn,
            mergedInto: record.mergedInto, mergedOn: record.mergedOn, erasedOn: record.erasedOn)
    }

    private init(
        id: PersonID, version: Int64, birthDate: BusinessDate?, sex: Sex, stays: [Stay],
        diedOn: BusinessDate?, mergedInto: PersonID?, mergedOn: BusinessDate?,
        erasedOn: BusinessDate?
    ) {
        self.id = id
        self.version = version
        self.birthDate = birthDate
        self.sex = sex
        self.stays = stays
        self.diedOn = diedOn
        self.mergedInto = mergedInto
        self.mergedOn = mergedOn
        self.erasedOn = erasedOn
    }

    /// Locked for sharing: commands only read the row. `household`, `role` and `territory` are those of the last stay, for
    /// statements about many persons.
    public static let table = Table(
        "person", key: "id",
        also: [
            Column("household", { $0.stays.last?.household }),
            Column("role", { $0.stays.last?.role }),
            Column("territory", { $0.stays.last?.territory }),
        ],
        lock: .share, Person.init,
        Field("id", \.id), Field("version", \.version), Field("birth_date", \.birthDate),
        Field("sex", \.sex),
        Field([Column("stays", { StayText.text($0.stays) })]) { row in
            try StayText.stays(row.next())
        },
        Field("died_on", \.diedOn), Field("merged_into", \.mergedInto),
        Field("merged_on", \.mergedOn), Field("erased_on", \.erasedOn))
}

// MARK: What holds on a day

extension Person {
    public var isErased: Bool { erasedOn != nil }

    /// Whether the person has not died before that day, as far as is known.
    public func lives(on day: BusinessDate) -> Bool { diedOn.map { day <= $0 } ?? true }

    /// Where this id lives on that day. The first stay also counts before it: nothing else is known. Nil if the id means
    /// another person by then, whose stays count.
    public func stay(on day: BusinessDate) -> Stay? {
        if let mergedOn, day >= mergedOn { return nil }
        return stays.last { $0.from <= day } ?? stays.first
    }

    /// Whether the person is alive on that day, lives in the area that the association looks after, and was not erased.
    public func isPresent(on day: BusinessDate) -> Bool {
        !isErased && lives(on: day) && stay(on: day)?.territory != nil
    }

    /// Where the person lives, or has lived before moving out of the area.
    public var lastTerritory: TerritoryCode? { stays.lazy.compactMap(\.territory).last }

    /// The day on which this id, which has lived in that household, ceased to: by a move, a merge, a death or an erasure. Nil if
    /// it lives there.
    func goneFrom(_ household: HouseholdID) -> BusinessDate? {
        let moved = stays.reversed().prefix { $0.household != household }.last?.from
        return [moved, mergedOn, diedOn, erasedOn].compactMap { $0 }.min()
    }

    /// Whether the person is born by that day and has completed fewer than that many years.
    public func isUnder(_ years: Int, on day: BusinessDate) -> Bool {
        birthDate.map { 0..<years ~= $0.completedYears(at: day) } ?? false
    }
}

/// Stays in one text: `<from>/<territory>/<household>/<role>`, with `-` for what is missing and spaces between them.
enum StayText {
    static func text(_ stays: [Stay]) -> String {
        stays.map { stay in
            [
                "\(stay.from)", stay.territory?.rawValue ?? "-",
                stay.household?.description ?? "-", stay.role?.rawValue ?? "-",
            ].joined(separator: "/")
        }.joined(separator: " ")
    }

    static func stays(_ text: String) throws -> [Stay] {
        try text.split(separator: " ").map { word in
            let parts = word.split(separator: "/").map(String.init)
            guard parts.count == 4, let from = BusinessDate(parts[0]) else {
                throw StoredValueError(type: "list of stays")
            }
            return Stay(
                from: from, territory: TerritoryCode(parts[1]),
                household: UUID(uuidString: parts[2]).map { HouseholdID($0) },
                role: Role(rawValue: parts[3]))
        }
    }
}
