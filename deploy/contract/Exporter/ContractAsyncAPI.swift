import CommandLineKit
import Messages
import ServiceKit

/// The AsyncAPI 3.0 document: a channel for each routing key, as an application of Nuanxin sees it. It receives
/// commands and answers them; it sends facts and summaries.
enum ContractAsyncAPI {
    static func document(_ entries: [ContractEntry]) -> JSONValue {
        let channels = entries.map(channel) + [receipts]
        let operations = entries.map(operation)
        let messages = entries.map(message) + [receipt]
        let components: JSONValue = [
            "securitySchemes": ["user": ["type": "userPassword"]],
            "messages": .object(messages),
        ]
        return [
            "asyncapi": "3.0.0",
            "id": "urn:nuanxin",
            "info": info,
            "defaultContentType": "application/cloudevents+json",
            "servers": ["broker": broker],
            "channels": .object(channels),
            "operations": .object(operations),
            "components": components,
        ]
    }

    private static let info: JSONValue = [
        "title": "Nuanxin", "version": "1.0.0",
        "description": """
        The back office of a family-support association. Each type has its version in its name; within \
        one, only optional fields are added.
        """,
    ]

    private static let broker: JSONValue = [
        "host": "127.0.0.1:5672", "protocol": "amqp", "protocolVersion": "0-9-1",
        "description": "RabbitMQ; its address and port are those of the deployment.",
        "security": [["$ref": "#/components/securitySchemes/user"]],
    ]

    // MARK: Names and references

    /// Keys of components may hold full stops, but tools make identifiers of them.
    private static func name(_ type: String) -> String {
        type.split(separator: ".").joined(separator: "_")
    }

    private static func reference(_ path: String) -> JSONValue { ["$ref": .text("#/\(path)")] }

    // MARK: Messages of types

    private static func channel(_ entry: ContractEntry) -> JSONValue.Member {
        var channel: JSONValue = [
            "address": .text(entry.routingKey),
            "messages": .object([
                .init(name(entry.type), reference("components/messages/\(name(entry.type))"))
            ]),
            "bindings": exchange(entry.exchange),
        ]
        if entry.routingKey != entry.type {
            channel["parameters"] = [
                "dataset": ["description": "families, funding or activities"]
            ]
        }
        return .init(name(entry.type), channel)
    }

    private static func exchange(_ name: String) -> JSONValue {
        [
            "amqp": [
                "is": "routingKey",
                "exchange": [
                    "name": .text(name), "type": "topic", "durable": true, "autoDelete": false,
                ],
                "bindingVersion": "0.3.0",
            ]
        ]
    }

    private static func operation(_ entry: ContractEntry) -> JSONValue.Member {
        let isFact = entry.kind == .fact
        var operation: JSONValue = [
            "action": isFact ? "send" : "receive",
            "channel": reference("channels/\(name(entry.type))"),
            "messages": [reference("channels/\(name(entry.type))/messages/\(name(entry.type))")],
        ]
        if !isFact {
            // The publisher names its own queue in the property reply_to.
            operation["reply"] = [
                "channel": reference("channels/receipts"),
                "messages": [reference("channels/receipts/messages/receipt")],
            ]
        }
        return .init(name(entry.type), operation)
    }

    private static func message(_ entry: ContractEntry) -> JSONValue.Member {
        .init(name(entry.type), content(entry.type, schema: "schemas/\(entry.type).json"))
    }

    private static func content(_ title: String, schema: String) -> JSONValue {
        [
            "name": .text(title), "title": .text(title),
            "contentType": "application/cloudevents+json",
            "payload": [
                "schemaFormat": "application/schema+json;version=draft-2020-12",
                "schema": ["$ref": .text(schema)],
            ],
        ]
    }

    // MARK: Receipts

    private static let receipts = JSONValue.Member(
        "receipts",
        [
            "address": "{publisher}",
            "description": "Bound to the queue receipts.{publisher}, which that publisher reads.",
            "messages": ["receipt": reference("components/messages/receipt")],
            "parameters": ["publisher": ["description": "the publisher's user of the broker"]],
            "bindings": exchange("nuanxin.receipts"),
        ])

    private static let receipt = JSONValue.Member(
        "receipt", content("receipt", schema: "schemas/receipt.v1.json"))
}
