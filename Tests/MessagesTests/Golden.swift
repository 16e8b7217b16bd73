import Foundation
import Messages

/// The reviewed documents in `Golden/`, one for each message type, named by it.
enum Golden {
    struct Missing: Error { let name: String }

    static let catalogue = Catalogue(Catalogue.all)

    static func document(_ type: String) throws -> Data {
        guard
            let url = Bundle.module.url(
                forResource: type, withExtension: "json", subdirectory: "Golden")
        else { throw Missing(name: type) }
        return try Data(contentsOf: url)
    }

    static func message(_ type: String) throws -> Message {
        try catalogue.decode(document(type))
    }

    /// A golden document with changes: keys are JSON Pointers; nil removes the member.
    static func changed(_ type: String, _ changes: [String: Any?]) throws -> [UInt8] {
        var document = try JSONSerialization.jsonObject(with: document(type))
        for (pointer, value) in changes {
            document = replace(
                pointer.split(separator: "/").map(String.init)[...], in: document, value)
        }
        return Array(try JSONSerialization.data(withJSONObject: document))
    }

    private static func replace(_ path: ArraySlice<String>, in node: Any, _ value: Any?) -> Any {
        guard let step = path.first else { return value ?? NSNull() }
        let rest = path.dropFirst()
        if var object = node as? [String: Any] {
            let old = object[step] ?? NSNull()
            object[step] = rest.isEmpty ? value : replace(rest, in: old, value)
            return object
        }
        if var array = node as? [Any], let index = Int(step) {
            array[index] = replace(rest, in: array[index], value)
            return array
        }
        return node
    }

    /// The error that decoding such a document ends in; nil if it decodes.
    static func error(_ type: String, _ changes: [String: Any?]) throws -> Refusal? {
        error(try changed(type, changes))
    }

    static func error(_ body: [UInt8]) -> Refusal? {
        do {
            _ = try catalogue.decode(body)
            return nil
        } catch {
            return error
        }
    }
}
