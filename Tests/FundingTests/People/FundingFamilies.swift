import Foundation
import Messages
import Support
import Testing

@testable import Funding

/// Families, and what funding says of them, for tests of what happens in their lives.
extension FundingCover {
    func family(
        _ members: [(Role, String)], _ category: Messages.Category = .bereaved,
        of member: Int? = nil
    ) throws -> TestHousehold {
        let family = TestHousehold(
            territory: try Samples.territory(Samples.community),
            members: try members.map { .init(role: $0.0, birth: try Samples.date($0.1)) },
            recognitions: [
                .init(category: category, member: member, from: try Samples.date("2017-01-01"))
            ])
        try world.register([family])
        return family
    }

    /// Basis or reason of each person, or of each household if they are given a product of theirs.
    func verdicts(of product: ProductID? = nil) throws -> [UUID: String] {
        var opened = try open()
        if let product { opened.product = product }
        return try world.verdicts(of: try evaluatedRun(opened))
    }

    func accidentInsurance() throws -> ProductID {
        let product = ProductID(UUID())
        try world.accept(try FundingFundTests.define(product, version: 1))
        return product
    }

    func order(
        _ household: HouseholdID, on day: String = "2020-03-01"
    ) throws -> OrderHomeService {
        OrderHomeService(
            order: HomeServiceID(UUID()), household: household, service: .hood,
            programme: try Samples.programme("warm-housekeeping"),
            businessDate: try Samples.date(day))
    }
}
