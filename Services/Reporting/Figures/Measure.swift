import Postgres
import ServiceKit

/// A public count or sum, and how it is made of the contributions of one source.
struct Measure: Sendable {
    let dataset: Dataset
    /// As in cells and on the wire.
    let name: String
    let source: Source
    let reads: Reads
    let unit: MeasureUnit
    /// Its parts, if it has any, are named `name:part`.
    let dimension: Dimension?
    let kind: Kind
    var protection: Protection
    /// They name no programme of one district: those are the district's own words (`DistrictWords`).
    var words: Words

    /// How a figure is made of the contributions of a cell, in the order of print.
    enum Reads: String, CaseIterable, Sendable {
        /// Their sum.
        case times
        /// Distinct persons or households.
        case subjects
        /// Their sum.
        case amount
        /// Of the amounts.
        case smallest, largest
        /// The most times of one subject.
        case most
    }

    enum Kind: Sendable {
        /// Counts events of a period.
        case flow
        /// A level at the end of a period: the sum of all changes until then.
        case stock
        /// A stock whose parts end by themselves on known days, such as cover. It has no figure of all time or of future days.
        case lapsingStock
    }

    /// The property of records by which a measure is divided into parts.
    enum Dimension: String, CaseIterable, Sendable {
        case kind, basis, role, channel, service
        case campaign, occasion, item, programme

        /// Whether all parts are words of the contract. Publishers make up the others.
        var isClosed: Bool {
            switch self {
            case .kind, .basis, .role, .channel, .service: true
            case .campaign, .occasion, .item, .programme: false
            }
        }
    }

    /// Why a figure may tell of a family that it needs or gets help. Things (sites, sessions, leaflets), donations, anonymous
    /// audiences, members of the association and people on duty tell no such thing.
    enum Protection: String, PostgresValue {
        case none
        /// Counts persons, families or their activities.
        case count
        /// Money that families receive or owe.
        case money
        /// Hidden where a count of the same source is hidden.
        case with
    }

    init(
        _ dataset: Dataset, _ name: String, _ source: Source, _ reads: Reads, in unit: MeasureUnit,
        by dimension: Dimension? = nil, as kind: Kind = .flow, protected: Protection = .none,
        _ zh: String, _ en: String
    ) {
        self.dataset = dataset
        self.name = name
        self.source = source
        self.reads = reads
        self.unit = unit
        self.dimension = dimension
        self.kind = kind
        protection = protected
        words = Words(zh, en)
    }

    var isStock: Bool { kind != .flow }

    /// Whether figures of parts and territories may be added up.
    var isAdditive: Bool { reads == .times || reads == .amount }

    /// Whether the figures of several programmes may be added up, for a series or a key task.
    var addsProgrammes: Bool { isAdditive && !isStock && unit.isOfOneProgramme }

    var isAboutFamilies: Bool { protection != .none }

    /// Whether it counts persons of a source whose families alone are guarded.
    var tellsFewPersons: Bool { reads == .amount && Source.ofFewPersons.contains(source) }

    /// For the order of print: measures of one source stand together.
    var place: (String, String, Int, String) {
        let reads = Reads.allCases.firstIndex(of: reads) ?? 0
        return (dataset.rawValue, source.rawValue, reads, name)
    }
}
