import Foundation
import Messages

/// A household's command, and where in the file each part of it stands.
struct ReadHousehold {
    let command: RegisterHousehold
    fileprivate let memberLines: [Int]
    fileprivate let categoryLines: [Int]

    private static let columns: [String: HouseholdColumn] = [
        "household": .household, "territory": .territory, "registeredOn": .registeredOn,
        "person": .person, "role": .role, "name": .name, "residentId": .residentID,
        "phone": .phone,
    ]

    /// Where a JSON Pointer of a receipt points to in the file.
    func place(of pointer: String) -> (line: Int, column: HouseholdColumn?) {
        var parts = pointer.split(separator: "/").map(String.init)
        if parts.first == "data" { parts.removeFirst() }
        let index = parts.dropFirst().first.flatMap { Int($0) } ?? 0
        switch parts.first {
        case "members" where memberLines.indices.contains(index):
            return (memberLines[index], parts.last.flatMap { Self.columns[$0] })
        case "categories" where categoryLines.indices.contains(index):
            return (categoryLines[index], .categories)
        default:
            return (memberLines[0], parts.last.flatMap { Self.columns[$0] })
        }
    }
}

extension HouseholdTable {
    /// - Throws: the first `TableFault`.
    func read(_ lines: HouseholdLines) throws(TableFault) -> ReadHousehold {
        if let fault = lines.faults.first { throw fault }
        let first = lines.records[0]
        let household = HouseholdID(id("household", lines.key))
        let territory = try value(.territory, first, "a territory code", TerritoryCode.init)
        let registeredOn = try value(.registeredOn, first, Self.date) { BusinessDate($0) }
        var members: [NewMember] = []
        var categories: [NewCategory] = []
        var categoryLines: [Int] = []
        for record in lines.records {
            try same(.territory, first, record)
            try same(.registeredOn, first, record)
            let member = try member(record, lines.key, members.count)
            members.append(member)
            for category in try self.categories(record, household, member.person)
            where !categories.contains(where: { $0.assertion == category.assertion }) {
                categories.append(category)
                categoryLines.append(record.line)
            }
        }
        let read = ReadHousehold(
            command: RegisterHousehold(
                household: household, territory: territory, registeredOn: registeredOn,
                members: members, categories: categories),
            memberLines: lines.records.map(\.line), categoryLines: categoryLines)
        return read
    }

    private static let date = "a date YYYY-MM-DD"

    private func member(
        _ record: CSVRecord, _ household: String, _ place: Int
    ) throws(TableFault) -> NewMember {
        let key = text(.person, record)
        let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
        let phone = text(.phone, record)
        return NewMember(
            person: PersonID(id("person", key.isEmpty ? "\(household)\n\(place)" : key)),
            role: try value(.role, record, "one of \(roles)") { Role(rawValue: $0) },
            name: try value(.name, record, "a name") { $0 },
            residentId: try value(
                .residentID, record, "18 characters with a valid date and check character"
            ) { ResidentID($0) },
            phone: phone.isEmpty ? nil : phone)
    }

    private func categories(
        _ record: CSVRecord, _ household: HouseholdID, _ person: PersonID
    ) throws(TableFault) -> [NewCategory] {
        var list: [NewCategory] = []
        for entry in text(.categories, record).split(separator: ";") {
            let entry = entry.trimmingCharacters(in: .whitespaces)
            guard let category = category(entry, household, person, record) else {
                throw TableFault(
                    line: record.line, column: HouseholdColumn.categories.rawValue,
                    code: "invalid_value",
                    reason: "category@YYYY-MM-DD[..YYYY-MM-DD][?], a category being one of "
                        + Category.allCases.map(\.rawValue).joined(separator: ", "))
            }
            list.append(category)
        }
        return list
    }

    private func category(
        _ entry: String, _ household: HouseholdID, _ person: PersonID, _ record: CSVRecord
    ) -> NewCategory? {
        var rest = entry[...]
        let isOfPerson = rest.hasPrefix("person:")
        if isOfPerson { rest = rest.dropFirst("person:".count) }
        let isVerified = !rest.hasSuffix("?")
        if !isVerified { rest = rest.dropLast() }
        let parts = rest.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let category = Category(rawValue: String(parts[0])) else {
            return nil
        }
        let dates = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard dates.count == 1 || (dates.count == 3 && dates[1].isEmpty),
            let from = BusinessDate(String(dates[0]))
        else { return nil }
        let to = dates.count == 3 ? BusinessDate(String(dates[2])) : nil
        guard dates.count == 1 || to != nil else { return nil }
        let subject = isOfPerson ? person.uuid : household.uuid
        let evidence = text(.evidence, record)
        return NewCategory(
            assertion: AssertionID(
                id("assertion", "\(subject.wireText) \(category.rawValue) \(from)")),
            subject: subject, category: category, evidence: evidence.isEmpty ? nil : evidence,
            validFrom: from, validTo: to, verified: isVerified)
    }

    private func value<Value>(
        _ column: HouseholdColumn, _ record: CSVRecord, _ expected: String,
        _ read: (String) -> Value?
    ) throws(TableFault) -> Value {
        let text = text(column, record)
        guard !text.isEmpty else {
            throw TableFault(
                line: record.line, column: column.rawValue, code: "missing_field",
                reason: expected)
        }
        guard let value = read(text) else {
            throw TableFault(
                line: record.line, column: column.rawValue, code: "invalid_value",
                reason: expected)
        }
        return value
    }

    private func same(
        _ column: HouseholdColumn, _ first: CSVRecord, _ record: CSVRecord
    ) throws(TableFault) {
        guard text(column, first) != text(column, record) else { return }
        throw TableFault(
            line: record.line, column: column.rawValue, code: "invalid_value",
            reason: "what line \(first.line) says: a household has one \(column.rawValue)")
    }
}
