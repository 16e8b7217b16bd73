internal import Crypto
internal import Foundation
internal import Messages
internal import Postgres

/// Seals the bodies that wait or cannot be handled, each under the key of the day on which it was
/// stored, and opens them again. The keys stand in `message_key`, sealed by the service's secret.
/// What a destroyed key sealed can never be read again.
///
/// It lives with one database session, whose connection it uses between transactions.
final class KeptBodies {
    private let secret: ServiceSecret
    private let connection: Connection
    private var keys: [BusinessDate: SymmetricKey] = [:]
    /// The day whose key seals; nil before the first.
    private var today: BusinessDate?

    /// The same in `parked` and in `dead_letter`: a redrive moves a body without opening it.
    private static let purpose = "message.body"

    init(_ secret: ServiceSecret, _ connection: Connection) {
        self.secret = secret
        self.connection = connection
    }

    /// Has the key of the day, which is made if there is none. Outside of a transaction, so that the
    /// key is stored before a body needs it.
    /// - Throws: `StoredValueError` if the database's keys were sealed by another secret.
    func prepare(_ day: BusinessDate) throws {
        guard today != day else { return }
        // Keys that were destroyed since are forgotten here too.
        keys = [:]
        let key = SymmetricKey(size: .bits256)
        let wrapped = try secret.wrap(key, of: day.description)
        _ = try connection.run(
            """
            INSERT INTO message_key (day, wrapped) VALUES (\(day), \(wrapped))
            ON CONFLICT (day) DO NOTHING
            """)
        try load([day])
        today = day
    }

    /// - Returns: nil for what must not be kept.
    func seal(_ examined: Examined) throws -> (body: [UInt8], day: BusinessDate)? {
        guard examined.mayKeepBody, let today, let key = keys[today] else { return nil }
        let body = try Sealed.seal(
            examined.intake.body, by: key, as: Self.purpose, of: examined.digest)
        return (body, today)
    }

    /// - Parameter sealed: bodies with the day of their key and their digest.
    /// - Returns: for each the body, or nil if its key was destroyed or it was altered.
    func open(
        _ sealed: [(body: [UInt8], day: BusinessDate, digest: [UInt8])]
    ) throws -> [[UInt8]?] {
        let unknown = Set(sealed.map(\.day)).subtracting(keys.keys)
        if !unknown.isEmpty { try load(Array(unknown)) }
        return sealed.map { item in
            keys[item.day].flatMap {
                try? Sealed.open(item.body, by: $0, as: Self.purpose, of: item.digest)
            }
        }
    }

    private func load(_ days: [BusinessDate]) throws {
        let rows = try connection.run(
            "SELECT day, wrapped FROM message_key WHERE day = ANY(\(days))")
        for row in rows {
            let day = try row.decode(BusinessDate.self, at: 0)
            let wrapped = try row.decode([UInt8].self, at: 1)
            guard let key = try? secret.unwrap(wrapped, of: day.description) else {
                throw StoredValueError(type: "key that this secret of the service sealed")
            }
            keys[day] = key
        }
    }
}
