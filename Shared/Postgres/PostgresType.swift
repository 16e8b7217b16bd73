/// A type of the server: its name for casts and its fixed object ids, as pg_type lists them.
public struct PostgresType: Hashable, Sendable {
    public let name: String
    public let oid: UInt32
    public let arrayOID: UInt32

    @inlinable
    public init(name: String, oid: UInt32, arrayOID: UInt32) {
        self.name = name
        self.oid = oid
        self.arrayOID = arrayOID
    }

    @inlinable public static var bool: Self { Self(name: "bool", oid: 16, arrayOID: 1000) }
    @inlinable public static var bytea: Self { Self(name: "bytea", oid: 17, arrayOID: 1001) }
    @inlinable public static var int8: Self { Self(name: "int8", oid: 20, arrayOID: 1016) }
    @inlinable public static var int2: Self { Self(name: "int2", oid: 21, arrayOID: 1005) }
    @inlinable public static var int4: Self { Self(name: "int4", oid: 23, arrayOID: 1007) }
    @inlinable public static var text: Self { Self(name: "text", oid: 25, arrayOID: 1009) }
    @inlinable public static var float8: Self { Self(name: "float8", oid: 701, arrayOID: 1022) }
    @inlinable public static var date: Self { Self(name: "date", oid: 1082, arrayOID: 1182) }
    @inlinable public static var uuid: Self { Self(name: "uuid", oid: 2950, arrayOID: 2951) }

    @inlinable
    public static var timestamptz: Self { Self(name: "timestamptz", oid: 1184, arrayOID: 1185) }

    /// Whether a value of this type can be read from the binary form of a column of type `column`.
    ///
    /// Integers widen, and text is read from everything whose binary form is its text: varchar, char, name,
    /// json, and types of the schema's own such as enums.
    @usableFromInline
    func reads(_ column: UInt32) -> Bool {
        if column == oid { return true }
        switch oid {
        case 20: return column == 21 || column == 23
        case 23: return column == 21
        case 25: return [18, 19, 114, 142, 705, 1042, 1043].contains(column) || column >= 16384
        default: return false
        }
    }
}
