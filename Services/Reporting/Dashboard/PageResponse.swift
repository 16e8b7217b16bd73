import Foundation
import Hummingbird

/// A page as it is sent: bytes and their hash.
struct RenderedPage: Sendable {
    let status: HTTPResponse.Status
    let language: Language
    let bytes: ByteBuffer
    /// A strong validator: equal for equal bytes.
    let tag: String

    init(_ html: String, _ language: Language, _ status: HTTPResponse.Status = .ok) {
        self.status = status
        self.language = language
        bytes = ByteBuffer(string: html)
        tag = "\"\(ContentHash.of(Array(html.utf8)))\""
    }

    var html: String { String(buffer: bytes) }
    var code: Int { status.code }

    /// The page, or 304 if the reader has it.
    func response(to request: Request) -> Response {
        var headers = PageHeaders.common
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentLanguage] = language.tag
        headers[.eTag] = tag
        // The next edition may come at any time: a browser may keep the page, but asks whether it is still the same.
        headers[.cacheControl] = "no-cache"
        if status == .ok, let known = request.headers[.ifNoneMatch], matches(known) {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: status, headers: headers, body: .init(byteBuffer: bytes))
    }

    private func matches(_ header: String) -> Bool {
        header.split(separator: ",").contains { item in
            let item = item.trimmingCharacters(in: .whitespaces)
            return item == "*" || item == tag || item == "W/" + tag
        }
    }
}

/// Headers that let a browser show our pages with our style sheet and icon, and do nothing else. Pages have no script, so an
/// injected script cannot run.
enum PageHeaders {
    static let common: HTTPFields = {
        var headers: HTTPFields = [
            .contentSecurityPolicy: """
            default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
            form-action 'none'; frame-ancestors 'none'
            """,
            .xContentTypeOptions: "nosniff",
        ]
        for (name, value) in [
            ("Referrer-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ] {
            if let name = HTTPFields.Element.Name(name) { headers[name] = value }
        }
        return headers
    }()

    /// An asset whose address changes with its content.
    static func asset(_ text: String, _ type: String) -> Response {
        var headers = common
        headers[.contentType] = type
        headers[.cacheControl] = "public, max-age=31536000, immutable"
        return Response(
            status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    static func redirect(to address: String, varying: Bool = false) -> Response {
        var headers = common
        headers[.location] = address
        headers[.cacheControl] = "no-cache"
        if varying { headers[.vary] = "Accept-Language" }
        return Response(status: .found, headers: headers)
    }
}
