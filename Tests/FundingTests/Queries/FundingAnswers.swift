import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding

/// A receipt with the answer of a query.
private struct AnswerDocument<Answer: Decodable>: Decodable {
    struct Content: Decodable { let answer: Answer }
    let data: Content
}

/// Queries of publishers and their answers, for tests. `street` was granted the subdistrict of the samples, `stranger` another
/// one, `district` the whole district.
extension FundingWorld {
    static func withPublishers() throws -> FundingWorld {
        let world = try FundingWorld()
        try world.grantPublishers()
        return world
    }

    func grantPublishers() throws {
        for (publisher, territory) in [
            ("street", Samples.subdistrict), ("stranger", "350203009"),
            ("district", Samples.district),
        ] {
            try bench.take(
                PublisherGranted(
                    publisher: publisher, territories: [Samples.territory(territory)],
                    types: Catalogue.fundingCommands.map { $0.type }),
                subject: UUID(), sequence: 1, as: "registry")
        }
    }

    func answer<A: Decodable>(
        _ type: A.Type, _ query: any Query, by publisher: String = "street"
    ) throws -> A {
        let answered = try bench.decide(query, publisher: publisher)
        #expect(answered.status == "accepted", "\(answered.code ?? "") \(answered.pointer ?? "")")
        return try JSONDecoder().decode(AnswerDocument<A>.self, from: Data(answered.body)).data
            .answer
    }

    /// The code of a refused query, with its pointer; nil if it is answered.
    func refusal(_ query: any Query, by publisher: String) throws -> String? {
        let answer = try bench.decide(query, publisher: publisher)
        guard answer.status != "accepted" else { return nil }
        return "\(answer.code ?? "") \(answer.pointer ?? "")"
    }

    /// How many answers to that query of `street` were noted of a subject.
    func reads(of subject: UUID, by type: any Query.Type) throws -> Int {
        let rows = try bench.connection.run(
            """
            SELECT count(*) FROM read_access
            WHERE subject = \(subject) AND type = \(type.type) AND publisher = 'street'
            """)
        return try rows.first?.decode(Int.self, at: 0) ?? 0
    }
}
