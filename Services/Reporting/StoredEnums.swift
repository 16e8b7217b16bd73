public import Messages
public import Postgres
import ServiceKit

// Enums of the contract, which are kept by their raw text.
extension CellStatus: PostgresValue {}
extension FigureState: PostgresValue {}
extension RevisionReason: PostgresValue {}
extension WordKind: PostgresValue {}
