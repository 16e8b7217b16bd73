import Foundation

/// Secrets that nobody can guess.
enum Secrets {
    static let passwordBytes = 24
    static let registryKeyBytes = 32

    /// So many random bytes, as hexadecimal digits.
    static func random(_ count: Int) -> String {
        bytes(count).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// From the system's generator, which is the kernel's.
    static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max) }
    }
}
