import ArgumentParser
import Foundation
import Messages
import Support

/// Microseconds to decode one command and to encode one fact.
struct Codec: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Microseconds to decode a command and to encode a fact.")

    @OptionGroup var output: Output
    @Option(help: "Repetitions.") var count = 200_000

    func run() throws {
        let encoder = MessageEncoder()
        let catalogue = Catalogue(Catalogue.all)
        let command = try Donations(funds: [FundID(UUID())]).next()
        let header = Header(
            id: UUID(), source: "bench", type: ReceiveDonation.type,
            time: Timestamp(microseconds: 1_600_000_000_000_000))
        let body = try encoder.encode(header, command)
        let decoding = try seconds {
            for _ in 0..<count { _ = try catalogue.decode(body) }
        }
        let encoding = try seconds {
            for _ in 0..<count { _ = try encoder.encode(header, command) }
        }
        output.print(
            "codec",
            [
                "decode_us": decoding / Double(count) * 1e6,
                "encode_us": encoding / Double(count) * 1e6, "bytes": Double(body.count),
            ])
    }
}
