/// Fields that several messages have in common, such as those that say which loan a fact is about.
///
/// On the wire they stand among the fields of the message that holds them, in the order of its
/// properties. Schemas and the pointers of errors show them as fields of that message. A property
/// whose type is flattened never has a member of its own on the wire; a list or an optional of the
/// type is not flattened.
public protocol Flattened: Codable, Sendable {}

/// A message, or a part of one, that holds such fields. They read as its own: `fact.loan` is
/// `fact.about.loan`.
@dynamicMemberLookup
public protocol HasSubject<Subject> {
    associatedtype Subject: Flattened

    var about: Subject { get set }
}

extension HasSubject {
    @inlinable
    public subscript<Value>(dynamicMember path: WritableKeyPath<Subject, Value>) -> Value {
        get { about[keyPath: path] }
        set { about[keyPath: path] = newValue }
    }

    /// The types whose fields stand among those of this one.
    static var subjects: [any Flattened.Type] {
        [Subject.self] + ((Subject.self as? any HasSubject.Type)?.subjects ?? [])
    }
}

// The compiler's `encode(to:)` and `init(from:)` call these for properties whose type is `Flattened`.

extension KeyedEncodingContainer {
    mutating func encode<Value: Flattened>(_ value: Value, forKey key: Key) throws {
        try value.encode(to: superEncoder(forKey: key))
    }
}

extension KeyedDecodingContainer {
    func decode<Value: Flattened>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try Value(from: superDecoder(forKey: key))
    }
}
