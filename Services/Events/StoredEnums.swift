public import Messages
public import Postgres
import ServiceKit

// Enums of the contract, which are kept by their raw text.
extension ActivityKind: PostgresValue {}
extension Audience: PostgresValue {}
extension CaseworkKind: PostgresValue {}
extension DutyRole: PostgresValue {}
extension HeadcountMethod: PostgresValue {}
extension MaterialKind: PostgresValue {}
extension PostKind: PostgresValue {}
extension ReachChannel: PostgresValue {}
extension ReachMetric: PostgresValue {}
