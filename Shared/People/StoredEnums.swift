public import Messages
public import Postgres
import ServiceKit

// Enums of the contract, which are kept by their raw text.
extension AuthorityLevel: PostgresValue {}
extension Messages.Category: PostgresValue {}
extension MemberRole: PostgresValue {}
extension Role: PostgresValue {}
extension Sex: PostgresValue {}
