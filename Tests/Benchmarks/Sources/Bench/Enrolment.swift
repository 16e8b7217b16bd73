import ArgumentParser
import Foundation
import Messages
import Postgres
import Support

/// One enrolment run over many households, from the freeze to the figure that reporting publishes.
struct Enrolment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Seconds of an enrolment run, from the freeze to the published figure.")

    @OptionGroup var output: Output
    @Option(help: "Households.") var households = 68_000

    func run() throws {
        let deployment = try Deployment("enrolment", services: ["funding", "reporting"])
        defer { deployment.stopAll() }
        _ = try deployment.start("funding")
        _ = try deployment.start("reporting")
        let run = try EnrolmentRun(deployment, households: households)
        let registering = try seconds { try run.registerHouseholds() }
        output.note("\(households) households known after \(Int(registering)) s")
        let freezing = try seconds { try run.decide(run.freeze()) }
        let evaluating = try seconds { try run.decide(run.evaluate()) }
        let settling = try seconds {
            for command in try run.settlement() { try run.decide(command) }
        }
        let publishing = try seconds { try run.awaitFigure() }
        let total = freezing + evaluating + settling + publishing
        output.print(
            "enrolment",
            [
                "households": Double(households), "seconds": total, "freeze_s": freezing,
                "evaluate_s": evaluating, "approve_submit_reconcile_s": settling,
                "publish_s": publishing, "us_per_household": total / Double(households) * 1e6,
            ])
    }
}

/// The commands of one run, over synthetic households whose parents are all 55 and have one child.
private final class EnrolmentRun {
    private let deployment: Deployment
    private let households: Int
    private let operatorClient: Client
    private let registryClient: Client
    private let funding: Connection
    private let reporting: Connection
    private let run = RunID(UUID())
    private let product = ProductID(UUID())
    private let fund = FundID(UUID())
    private let district: TerritoryCode
    private let programme: Programme
    private let actor: Actor

    init(_ deployment: Deployment, households: Int) throws {
        guard let district = TerritoryCode("350203"),
            let programme = Programme("accident-insurance")
        else { throw Deployment.Failure(description: "a constant is wrong") }
        self.deployment = deployment
        self.households = households
        self.district = district
        self.programme = programme
        actor = Actor(staff: StaffID(UUID()), territory: district)
        operatorClient = try Client(deployment.broker("operator"))
        registryClient = try Client(deployment.broker("registry"))
        try operatorClient.consume("receipts.operator")
        funding = try Connection(PostgresConfiguration(url: deployment.database("funding")))
        reporting = try Connection(PostgresConfiguration(url: deployment.database("reporting")))
    }

    /// Plays registry: publishes the facts that funding projects.
    func registerHouseholds() throws {
        for index in 0..<households {
            let fact = try household(index)
            try registryClient.publish(
                fact: fact, subject: fact.household.uuid, sequence: 1)
        }
        let office = MembershipRecord(
            member: MemberID(actor.staff.uuid), version: 1, person: PersonID(UUID()),
            role: .officer, territory: district, level: .district,
            enrolledOn: try day("2019-01-01"))
        let officer = MemberEnrolled(
            MemberSubject(
                member: office.member, person: office.person, role: .officer,
                territory: district, level: .district), enrolledOn: try day("2019-01-01"),
            records: PeopleRecords(memberships: [office]))
        try registryClient.publish(fact: officer, subject: actor.staff.uuid, sequence: 1)
        try registryClient.flush()
        try deployment.eventually("funding knows all households", within: Patience.preparation) {
            let rows = try funding.run("SELECT count(*) FROM household")
            return try rows.first?.decode(Int64.self, at: 0) == Int64(households)
        }
        let premium = Premium(basis: .onlyChildParents, premiumFen: .yuan(78))
        try decide(
            OpenFund(
                fund: fund, kind: .insurance, programme: programme, territory: district,
                nameZh: "测试", nameEn: "Test", openedOn: day("2019-01-01")))
        try decide(
            DepositToFund(
                deposit: DepositID(UUID()), fund: fund, amountFen: .yuan(Int64(households) * 78),
                businessDate: day("2019-06-01")))
        try decide(
            DefineProduct(
                product: product, kind: .accident, programme: programme, nameZh: "测试",
                nameEn: "Test", ruleVersion: 1,
                rule: EligibilityRule(
                    parentMinimumAge: 51, parentMaximumAge: 65, parentRule: .any),
                premiums: [premium]))
        try decide(
            OpenEnrolment(
                run: run, product: product, fund: fund, territory: district, policyYear: 2020,
                coverFrom: day("2020-01-01"), coverTo: day("2020-12-31"),
                openedOn: day("2019-11-01")))
    }

    func freeze() throws -> FreezeEnrolment {
        FreezeEnrolment(
            run: run, referenceDate: try day("2020-01-01"), expectedHouseholds: households)
    }

    func evaluate() -> EvaluateEnrolment { EvaluateEnrolment(run: run) }

    func settlement() throws -> [any Command] {
        [
            ApproveEnrolment(run: run, approvedOn: try day("2020-01-02"), actor: actor),
            SubmitEnrolment(run: run, submittedOn: try day("2020-01-03")),
            ReconcileEnrolment(run: run, businessDate: try day("2020-01-10"), refused: []),
        ]
    }

    func awaitFigure() throws {
        let expected = Int64(households) * 7_800
        try deployment.eventually("reporting has published the premium", within: Patience.work) {
            let rows = try reporting.run(
                """
                SELECT value::bigint FROM cell_value
                WHERE measure = 'premium_paid_fen' AND territory = '350203' AND period = 'all'
                  AND dimension = '' AND programme = 'accident-insurance'
                """)
            guard try rows.first?.decode(Int64.self, at: 0) == expected else { return false }
            let published = try reporting.run("SELECT is_published()")
            return try published.first?.decode(Bool.self, at: 0) == true
        }
    }

    /// Publishes a command and waits until it is accepted.
    func decide(_ command: any Command) throws {
        let id = UUID()
        try operatorClient.publish(command, id: id)
        let deadline = Deadline(Patience.work)
        while true {
            try deadline.check("a receipt for \(type(of: command).type)")
            for delivery in try operatorClient.receive() {
                guard delivery.properties.correlationID == id.uuidString.lowercased() else {
                    continue
                }
                let text = String(decoding: delivery.body, as: UTF8.self)
                if text.contains(#""status":"accepted""#) { return }
                if text.contains(#""status":"rejected""#) {
                    throw Deployment.Failure(description: text)
                }
            }
        }
    }

    private func household(_ index: Int) throws -> HouseholdRegistered {
        let suffix = String(format: "%03d", 1 + index % 10)
        let community = String(format: "%03d", 1 + index / 10 % 12)
        guard let territory = TerritoryCode("350203\(suffix)\(community)") else {
            throw Deployment.Failure(description: "a constant is wrong")
        }
        let (household, head, spouse, child) = (UUID(), UUID(), UUID(), UUID())
        return HouseholdRegistered(
            household: HouseholdID(household), territory: territory,
            registeredOn: try day("2019-01-01"),
            members: [
                MemberFact(
                    person: PersonID(head), role: .head, birthDate: try day("1964-05-01"),
                    sex: .male),
                MemberFact(
                    person: PersonID(spouse), role: .spouse, birthDate: try day("1965-05-01"),
                    sex: .female),
                MemberFact(
                    person: PersonID(child), role: .child, birthDate: try day("1990-05-01"),
                    sex: .female),
            ],
            categories: [
                CategoryFact(
                    assertion: AssertionID(UUID()), subject: household, category: .onlyChild,
                    verified: true, validFrom: try day("2010-01-01"), validTo: nil)
            ])
    }

    private func day(_ text: String) throws -> BusinessDate {
        guard let day = BusinessDate(text) else {
            throw Deployment.Failure(description: "\(text) is no date")
        }
        return day
    }
}
