public import Messages
public import Postgres
import ServiceKit

// Enums of the contract, which are kept by their raw text.
extension Basis: PostgresValue {}
extension DecisionKind: PostgresValue {}
extension FamilyRule: PostgresValue {}
extension FundKind: PostgresValue {}
extension GoodsRecipient.Kind: PostgresValue {}
extension GrantKind: PostgresValue {}
extension HomeServiceKind: PostgresValue {}
extension InsuredKind: PostgresValue {}
extension InsurerAnswer: PostgresValue {}
extension Mismatch: PostgresValue {}
extension ParentRule: PostgresValue {}
extension ProductKind: PostgresValue {}
extension TransferKind: PostgresValue {}
