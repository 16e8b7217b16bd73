import Hummingbird
import Messages

/// The page that a reader asks for. Every part of it is checked.
struct PageRequest: Hashable, Sendable {
    /// All pages. A page's address is its code behind the language.
    enum Page: Hashable, Sendable {
        case overview
        case dataset(Dataset)
        case territory(TerritoryCode)
        case groups(ProgrammeGrouping)
        case revisions(before: RevisionPlace?)
        case methodology, data, status
        case bulletins
        case bulletin(Period, edition: Int?)
        /// All types, or one.
        case contract(String?)
    }

    let language: Language
    let page: Page
    /// Nil on pages that have none.
    var period: PagePeriod = .all
    /// The territory of a page of a dataset or of groups; nil for the widest one.
    var territory: TerritoryCode?
    /// The day of the boundaries; nil for figures where they were booked. Pages without a choice of periods have none.
    var boundaries: BusinessDate?
    /// The grouping of the lines of a bulletin; nil for its own sections.
    var grouping: ProgrammeGrouping?

    /// The address of the page.
    var address: String {
        var query: [String] = []
        var path = "/\(language.rawValue)/"
        switch page {
        case .overview: break
        case .dataset(let dataset):
            path += dataset.rawValue
            if let territory { query.append("territory=\(territory)") }
        case .territory(let code): path += "territory/\(code)"
        case .groups(let grouping):
            path += grouping == .series ? "series" : "key-tasks"
            if let territory { query.append("territory=\(territory)") }
        case .revisions(let before):
            path += "revisions"
            if let before { query.append("before=\(before)") }
        case .methodology: path += "methodology"
        case .data: path += "data"
        case .status: path += "status"
        case .bulletins: path += "bulletin"
        case .bulletin(let period, let edition):
            path += "bulletin/\(period.wireText)"
            if let edition { query.append("edition=\(edition)") }
            if let grouping { query.append("by=\(grouping.rawValue)") }
        case .contract(let type): path += "contract" + (type.map { "/" + $0 } ?? "")
        }
        if period != .all { query.append("period=\(period.code)") }
        if let boundaries, hasPeriod { query.append("boundaries=\(boundaries)") }
        return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }

    func with(language: Language) -> PageRequest {
        PageRequest(
            language: language, page: page, period: period, territory: territory,
            boundaries: boundaries, grouping: grouping)
    }

    func with(period: PagePeriod) -> PageRequest {
        var request = self
        request.period = period
        return request
    }

    func with(boundaries: BusinessDate?) -> PageRequest {
        var request = self
        request.boundaries = boundaries
        return request
    }

    func with(page: Page) -> PageRequest {
        PageRequest(language: language, page: page, boundaries: boundaries)
    }
}

/// The reason why a page cannot be shown.
enum PageProblem: Error, Sendable {
    case notFound
    /// Something is wrong with a parameter of the address.
    case wrong(parameter: String, expected: String)
    /// There was no edition yet, or nothing is in the one in force. One is made each day at a time such as `02:00`.
    case nothingPublished(EditionMoment?, madeAt: String)
    /// The database does not answer, or too many read at once.
    case unreadable

    init(_ problem: BoundaryProblem) {
        self = .wrong(parameter: "boundaries", expected: problem.expected)
    }
}

/// The parameters of an address.
struct PageParameters {
    private let request: Request

    init(_ request: Request) { self.request = request }

    func period() throws(PageProblem) -> PagePeriod {
        try value("period", PagePeriod.expected) { PagePeriod($0) } ?? .all
    }

    func boundaries() throws(PageProblem) -> BusinessDate? {
        try value("boundaries", BusinessDate.expected) { BusinessDate($0) }
    }

    func territory() throws(PageProblem) -> TerritoryCode? {
        try value("territory", TerritoryCode.expectedOfCells, TerritoryCode.ofCells)
    }

    func edition() throws(PageProblem) -> Int? {
        try value("edition", "a whole number from 1 on") { text in
            Int(text).flatMap { 1...Self.largestEdition ~= $0 ? $0 : nil }
        }
    }

    func before() throws(PageProblem) -> RevisionPlace? {
        try value("before", RevisionPlace.expected) { RevisionPlace($0) }
    }

    func grouping() throws(PageProblem) -> ProgrammeGrouping? {
        try value("by", ProgrammeGrouping.expected) { ProgrammeGrouping(rawValue: $0) }
    }

    static let largestEdition = 100_000

    private func value<Value>(
        _ name: String, _ expected: String, _ make: (String) -> Value?
    ) throws(PageProblem) -> Value? {
        guard let text = request.uri.queryParameters[Substring(name)] else { return nil }
        guard let value = make(String(text)) else {
            throw .wrong(parameter: name, expected: expected)
        }
        return value
    }
}
