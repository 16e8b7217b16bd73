import Foundation
import Messages
import Testing

@Suite struct GoldenTests {
    static let types = Catalogue.all.map { $0.type }

    @Test func everyTypeOfTheCatalogueHasAGoldenDocument() throws {
        let urls = try #require(
            Bundle.module.urls(forResourcesWithExtension: "json", subdirectory: "Golden"))
        let names = urls.map { ($0 as URL).deletingPathExtension().lastPathComponent }
        #expect(names.sorted() == Self.types.sorted())
    }

    @Test func typeNamesAreUniqueAndSayTheirService() {
        #expect(Set(Self.types).count == Self.types.count)
        let owners = [
            ("registry", Catalogue.registryCommands + Catalogue.registryFacts),
            ("funding", Catalogue.fundingCommands + Catalogue.fundingFacts),
            ("events", Catalogue.eventsCommands + Catalogue.eventsFacts),
            ("reporting", Catalogue.reportingCommands + Catalogue.reportingFacts),
        ]
        for (service, types) in owners {
            #expect(
                types.allSatisfy {
                    $0.type.hasPrefix(service + ".") && $0.type.contains(/\.v[1-9][0-9]*$/)
                })
        }
    }

    @Test(arguments: types)
    func decodingAGoldenDocumentAndEncodingItGivesASuperset(_ type: String) throws {
        let body = try Golden.document(type)
        let message = try Golden.catalogue.decode(body)
        #expect(message.header.type == type)
        let again = try MessageEncoder().encode(message.header, message.payload)
        let before = try JSONSerialization.jsonObject(with: body)
        let after = try JSONSerialization.jsonObject(with: Data(again))
        #expect(Self.isSuperset(after, of: before))
    }

    /// When a version gets a field, its document of before goes to `earlier`, with the last day of its use.
    @Test func documentsOfEarlierDaysAreStillRead() throws {
        let urls = try #require(
            Bundle.module.urls(forResourcesWithExtension: "json", subdirectory: "Golden/earlier"))
        #expect(!urls.isEmpty)
        for url in urls {
            let body = try Data(contentsOf: url as URL)
            let message = try Golden.catalogue.decode(body)
            let name = (url as URL).deletingPathExtension().deletingPathExtension()
            #expect(message.header.type == name.lastPathComponent)
            let again = try MessageEncoder().encode(message.header, message.payload)
            let after = try JSONSerialization.jsonObject(with: Data(again))
            #expect(Self.isSuperset(after, of: try JSONSerialization.jsonObject(with: body)))
        }
    }

    @Test(arguments: types)
    func aGoldenDocumentShowsEveryField(_ type: String) throws {
        let message = try Golden.message(type)
        #expect(Self.missing(in: message.payload, at: "") == [])
    }

    @Test(arguments: types)
    func encodingIsTheSameWhateverTheOrderOfTheFields(_ type: String) throws {
        let body = try Golden.document(type)
        let encoder = MessageEncoder()
        let once = try Golden.catalogue.decode(body)
        let first = try encoder.encode(once.header, once.payload)
        let twice = try Golden.catalogue.decode(first)
        #expect(try encoder.encode(twice.header, twice.payload) == first)
        let canonical = try JSONSerialization.data(
            withJSONObject: JSONSerialization.jsonObject(with: body),
            options: [.sortedKeys, .withoutEscapingSlashes])
        #expect(
            String(decoding: first, as: UTF8.self) == String(decoding: canonical, as: UTF8.self))
    }

    @Test(arguments: Catalogue.commands.map { $0.type })
    func aCommandWithATerritoryIsTerritorial(_ type: String) throws {
        let message = try Golden.message(type)
        var fields = Array(Mirror(reflecting: message.payload).children)
        if let about = fields.first(where: { $0.label == "about" }) {
            fields += Mirror(reflecting: about.value).children
        }
        let field = fields.first { $0.label == "territory" }
        #expect((message.payload as? any Territorial)?.territory == field?.value as? TerritoryCode)
    }

    private static func isSuperset(_ whole: Any, of part: Any) -> Bool {
        if let part = part as? [String: Any] {
            guard let whole = whole as? [String: Any] else { return false }
            return part.allSatisfy { name, value in
                whole[name].map { isSuperset($0, of: value) } ?? false
            }
        }
        if let part = part as? [Any] {
            guard let whole = whole as? [Any], whole.count == part.count else { return false }
            return zip(whole, part).allSatisfy { isSuperset($0, of: $1) }
        }
        return (whole as? NSObject)?.isEqual(part) ?? false
    }

    /// The fields that are nil, or are lists with nothing in them. Of a list, one item that shows a
    /// field is enough.
    private static func missing(in value: Any, at path: String) -> [String] {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional:
            guard let wrapped = mirror.children.first else { return [path] }
            return missing(in: wrapped.value, at: path)
        case .collection:
            let each = mirror.children.map { Set(missing(in: $0.value, at: path)) }
            guard let first = each.first else { return [path] }
            return each.dropFirst().reduce(first) { $0.intersection($1) }.sorted()
        case .struct:
            return mirror.children.flatMap {
                missing(in: $0.value, at: "\(path)/\($0.label ?? "")")
            }
        default:
            return []
        }
    }
}
