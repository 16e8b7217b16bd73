import Hummingbird
import Messages

/// Why a request has no answer, and the status that says so. The body is the refusal.
struct WebProblem: Error {
    let refusal: Refusal
    let status: HTTPResponse.Status

    init(
        _ status: HTTPResponse.Status, _ code: RefusalCode, pointer: String = "", found: String,
        expected: String? = nil
    ) {
        self.status = status
        refusal = Refusal(code, pointer: pointer, found: found, expected: expected)
    }
}

extension RefusalCode {
    static let wrongParameter = RefusalCode("wrong_parameter", "another value")
}
