import CommandLineKit
import Messages

/// Fields of a file that its message does not have. Services ignore fields that they do not know, because publishers may be
/// newer; in a file that a person writes such a field is a slip of the pen.
enum UnknownFields {
    struct Found: CustomStringConvertible {
        let pointer: String
        /// What would be right there.
        let names: [String]

        var words: ToolWords { .unknownField(pointer, names) }
        var description: String { words.en }
    }

    /// A file may say what it is.
    private static let remark = "note"

    /// - Returns: the first one; nil if there is none.
    static func first(of file: JSONValue, in type: any Payload.Type) throws -> Found? {
        try first(of: file, Shape(of: type), at: "")
    }

    private static func first(of value: JSONValue, _ shape: Shape, at pointer: String) -> Found? {
        switch shape.kind {
        case .object(_, let fields):
            let names = fields.map(\.name)
            for member in value.members {
                let place = "\(pointer)/\(member.name)"
                guard let field = fields.first(where: { $0.name == member.name }) else {
                    if pointer.isEmpty, member.name == remark { continue }
                    return Found(pointer: place, names: names)
                }
                if let found = first(of: member.value, field.shape, at: place) { return found }
            }
        case .list(let element):
            for (index, item) in value.items.enumerated() {
                if let found = first(of: item, element, at: "\(pointer)/\(index)") {
                    return found
                }
            }
        case .map(let element):
            for member in value.members {
                let place = "\(pointer)/\(member.name)"
                if let found = first(of: member.value, element, at: place) { return found }
            }
        case .text, .integer, .number, .flag, .value: break
        }
        return nil
    }
}
