import Foundation
import Messages

/// Made-up values. A constant that is mistyped ends the test.
enum LifeValue {
    static func day(_ text: String) -> BusinessDate { value(BusinessDate(text), text) }

    static func territory(_ text: String) -> TerritoryCode { value(TerritoryCode(text), text) }

    /// A number that nobody has.
    /// - Parameter serial: up to 999.
    static func resident(_ serial: Int, born: String) -> ResidentID {
        let digits = "350203" + born.filter { $0 != "-" } + "\(serial + 1_000)".suffix(3)
        let check = ResidentID.checkCharacter(Array(digits.utf8))
        return value(ResidentID(digits + String(UnicodeScalar(check))), born)
    }

    private static func value<Value>(_ value: Value?, _ text: String) -> Value {
        guard let value else { preconditionFailure("\(text) is no value") }
        return value
    }
}
