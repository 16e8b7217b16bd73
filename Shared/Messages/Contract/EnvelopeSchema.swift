/// The schema of the attributes that `Envelope` reads. Tests try each attribute with both.
extension Envelope {
    static let requiredNames = ["specversion", "id", "source", "type", "time", "data"]

    static func properties(
        of types: [String], data: JSONValue, define: (String, WireForm) -> JSONValue
    ) -> JSONValue {
        let uuid = define("UUID", ID<Never>.form)
        let text: [JSONValue.Member] = [
            .init("minLength", 1), .init("maxLength", JSONValue(textLimit)),
        ]
        let required = JSONValue.object([.init("type", "string")] + text)
        let optional = JSONValue.object([.init("type", ["string", "null"])] + text)
        return [
            "specversion": ["const": "1.0"],
            "id": uuid,
            "source": required,
            "type": types.count == 1
                ? ["const": .text(types[0])] : ["enum": .list(types.map { .text($0) })],
            "time": define("Timestamp", Timestamp.form),
            "subject": optional,
            "correlationid": optional,
            "causationid": ["anyOf": [uuid, ["type": "null"]]],
            "traceparent": optional,
            "sequence": [
                "type": ["integer", "null"], "minimum": 1, "maximum": JSONValue(Int64.max),
            ],
            "dryrun": [
                "type": ["boolean", "null"],
                "description": "Of a command: decide it, and keep nothing.",
            ],
            "journal": .object(
                [
                    .init("type", ["string", "null"]),
                    .init("description", "Of a fact: where it stands in its service's journal."),
                ] + text),
            "data": data,
        ]
    }
}
