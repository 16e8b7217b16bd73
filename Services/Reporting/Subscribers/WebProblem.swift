import Hummingbird
import ServiceKit

/// Why a request has no answer.
struct WebProblem: Error, Encodable {
    let code: String
    let pointer: String
    let found: String
    let expected: String
    let status: HTTPResponse.Status

    private enum CodingKeys: CodingKey { case code, pointer, found, expected }

    init(
        _ status: HTTPResponse.Status, _ code: RefusalCode, pointer: String = "", found: String,
        expected: String? = nil
    ) {
        self.status = status
        self.code = code.code
        self.pointer = pointer
        self.found = found
        self.expected = expected ?? code.expected
    }
}

extension RefusalCode {
    static let wrongParameter = RefusalCode("wrong_parameter", "another value")
}
