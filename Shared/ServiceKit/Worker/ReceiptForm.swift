public import Messages

/// What a receipt looks like, for its schema. On the wire its type is `<service>.receipt.v1`; the receipt of a query
/// has a member `answer` beside these.
public enum ReceiptForm {
    public static let payload: any Payload.Type = Receipt.self
}
