import Crypto
import Foundation

/// The verifier that PostgreSQL stores for a password: it checks one, and cannot log in (RFC 5802, RFC 7677). With it a
/// database can be set up from files that hold no password.
enum ScramVerifier {
    /// PostgreSQL's own numbers.
    private static let iterations = 4_096
    static let saltLength = 16

    /// - Parameter password: of ASCII characters only, which SASLprep leaves as they are.
    static func text(_ password: String, salt: [UInt8]) -> String {
        precondition(password.utf8.allSatisfy { $0 < 0x80 }, "SASLprep would be needed")
        let salted = SymmetricKey(data: stretched(password, salt))
        func code(_ text: String, _ key: SymmetricKey) -> Data {
            Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
        }
        let stored = Data(SHA256.hash(data: code("Client Key", salted)))
        let server = code("Server Key", salted)
        return "SCRAM-SHA-256$\(iterations):\(Data(salt).base64EncodedString())"
            + "$\(stored.base64EncodedString()):\(server.base64EncodedString())"
    }

    /// PBKDF2 with HMAC-SHA256 and one block.
    private static func stretched(_ password: String, _ salt: [UInt8]) -> [UInt8] {
        let key = SymmetricKey(data: Data(password.utf8))
        var block = Array(HMAC<SHA256>.authenticationCode(for: salt + [0, 0, 0, 1], using: key))
        var result = block
        for _ in 1..<iterations {
            block = Array(HMAC<SHA256>.authenticationCode(for: block, using: key))
            for index in result.indices { result[index] ^= block[index] }
        }
        return result
    }
}
