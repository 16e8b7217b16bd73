import FoundationEssentials

/// A `Decoder` that gives every field an example and notes the field. So the shape of a type is
/// what its `init(from:)` reads, whether or not the compiler wrote it.
final class ShapeRecorder: Decoder {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Types inside one another; more means that one contains itself.
    private static let depthLimit = 32

    /// Whether optional fields are missing.
    let isSparse: Bool
    private let depth: Int
    private let typeName: String
    private var fields: [Shape.Field] = []
    /// The members that were asked whether they are null: those may be missing.
    private var optionals: Set<String> = []
    private var content: Shape.Kind?

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    private init(_ typeName: String, isSparse: Bool, depth: Int) {
        self.typeName = typeName
        self.isSparse = isSparse
        self.depth = depth
    }

    /// A value of the type, and its shape. Of a sparse value, optional fields are not part of the shape.
    static func record<Value: Decodable>(
        _ type: Value.Type, isSparse: Bool, depth: Int = 0
    ) throws -> (value: Value, shape: Shape) {
        let name = Self.name(of: type)
        guard depth < depthLimit else { throw Failure(description: "\(name) contains itself") }
        if let plain = plain(type) { return plain }
        if let form = form(of: type) {
            let body = Array(form.example.compact.utf8)
            let value = try JSONDocument.read(body) { document in
                try JSONReader(document: document, index: 0).read(type)
            }
            return (value, Shape(.value(name: name, form)))
        }
        let recorder = ShapeRecorder(name, isSparse: isSparse, depth: depth)
        let value = try Value(from: recorder)
        return (value, Shape(recorder.content ?? .object(name: name, recorder.fields)))
    }

    private static func plain<Value>(_ type: Value.Type) -> (Value, Shape)? {
        if let value = "text" as? Value { return (value, Shape(.text)) }
        if let names = type as? any OpenName.Type, let value = names.example as? Value {
            return (value, Shape(.text))
        }
        if let value = true as? Value { return (value, Shape(.flag)) }
        if let value = 1.0 as? Value ?? Float(1) as? Value { return (value, Shape(.number)) }
        if let integers = type as? any FixedWidthInteger.Type,
            let value = integers.init(1) as? Value
        {
            return (value, Shape(.integer))
        }
        return nil
    }

    private static func form(of type: any Decodable.Type) -> WireForm? {
        type == UUID.self ? ID<Never>.form : (type as? any Described.Type)?.form
    }

    /// The type's name without its module; an id is named by what it identifies.
    static func name(of type: any Decodable.Type) -> String {
        if type == UUID.self { return "UUID" }
        if let name = (type as? any Described.Type)?.formName { return name }
        return String(reflecting: type).split(separator: ".").dropFirst().joined(separator: ".")
    }

    func container<Key>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RecordedMembers<Key>(recorder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { RecordedItems(recorder: self) }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw Failure(description: "\(typeName) is a value without a form: it must be Described")
    }

    // MARK: What the containers note

    func mayBeMissing(_ name: String) { optionals.insert(name) }

    /// The only name of an object that asks which names there are.
    static let anyName = "*"

    func member<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        let (value, shape) = try Self.record(type, isSparse: isSparse, depth: depth + 1)
        if name == Self.anyName {
            content = .map(shape)
        } else {
            fields.append(
                Shape.Field(name: name, isRequired: !optionals.contains(name), shape: shape))
        }
        return value
    }

    func item<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let (value, shape) = try Self.record(type, isSparse: isSparse, depth: depth + 1)
        content = .list(shape)
        return value
    }
}
