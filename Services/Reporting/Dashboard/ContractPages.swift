import Hummingbird
import Messages
import ServiceKit

/// The pages of the contract, and its files. They need no database.
///
///     /{lang}/contract, /{lang}/contract/{type}
///     /contract/{file}        asyncapi.json, topology.json, schemas/{type}.json, examples/{type}.json …
struct ContractPages: Sendable {
    let folder: ContractFolder
    let templates: PageTemplates

    /// - Parameter directory: nil if the contract is not installed.
    init(_ directory: String?, _ templates: PageTemplates) throws {
        folder = try directory.map { try ContractFolder($0) } ?? .none
        self.templates = templates
    }

    func page(_ type: String?, _ language: Language) throws -> RenderedPage {
        let request = PageRequest(language: language, page: .contract(type))
        do {
            let content =
                try type.map { try ContractTypePage.content($0, folder, language) }
                ?? ContractListPage.content(folder, language)
            return try PageReader.lay(content, request, templates)
        } catch let problem as PageProblem {
            return try PageReader.problem(problem, request, templates)
        }
    }

    func addFiles(to router: WebRouter) {
        router.get("/contract/**") { request, context in
            let path = context.parameters.getCatchAll().joined(separator: "/")
            guard let bytes = folder.bytes(path), let type = ContractFolder.contentType(path) else {
                let language = Language(acceptLanguage: request.headers[.acceptLanguage])
                let around = PageRequest(language: language, page: .contract(nil))
                return try PageReader.problem(.notFound, around, templates).response(to: request)
            }
            var headers = PageHeaders.common
            headers[.contentType] = type
            headers[.cacheControl] = "no-cache"
            return Response(
                status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        }
    }
}
