// Opens a fund through the types of the contract and prints the receipt. NUANXIN_AMQP_URL is the broker's address and
// our user of it. Ends with status 0 if it was accepted, 4 if it was rejected, 3 if no answer came in time.
import AMQP
import Foundation
import Messages

let waitSeconds = 60.0
let endpoint = try Endpoint(url: ProcessInfo.processInfo.environment["NUANXIN_AMQP_URL"] ?? "")
let queue = "receipts.\(endpoint.user)"

guard let district = TerritoryCode("350203"), let programme = Programme("one-yuan-donation"),
    let day = BusinessDate("2020-05-26")
else { fatalError("the example's values are not of their form") }
let command = OpenFund(
    fund: FundID(UUID()), kind: .donation, programme: programme, territory: district,
    nameZh: "一元捐", nameEn: "One-Yuan Donation", openedOn: day)
let header = Header(
    id: UUID(), source: "first-message", type: OpenFund.type,
    time: Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)))

var properties = Properties()
properties.contentType = "application/cloudevents+json"
properties.userID = endpoint.user
properties.messageID = header.id.wireText
properties.correlationID = header.id.wireText
properties.replyTo = queue

let connection = try AMQPConnection(endpoint, name: "first message", heartbeat: 0)
try connection.selectConfirms()
try connection.consume(queue, tag: queue, from: nil)
try connection.publish(
    exchange: "nuanxin.commands", routingKey: OpenFund.type, properties: properties,
    body: MessageEncoder().encode(header, command))

/// What a receipt says, as far as this example needs it.
struct Receipt: Decodable {
    let status: String
}

let deadline = Date().addingTimeInterval(waitSeconds)
var incoming: [Incoming] = []
while Date() < deadline {
    AMQPConnection.wait(for: [connection], milliseconds: 100)
    incoming.removeAll()
    try connection.receive(into: &incoming, limit: 100)
    for case .delivery(let delivery) in incoming {
        try connection.acknowledge(delivery.tag, multiple: false)
        guard delivery.properties.correlationID == header.id.wireText else { continue }
        print(String(decoding: delivery.body, as: UTF8.self))
        switch try Document(delivery.body).data(as: Receipt.self).status {
        case "accepted": exit(0)
        case "rejected": exit(4)
        default: break
        }
    }
}
exit(3)
