import Foundation

/// Reads a file or a pipe line by line, without ever waiting for a pipe, so that connections stay served.
public final class LineReader {
    public enum Next {
        case line([UInt8])
        /// Longer than `limit`; it was passed over.
        case tooLong
        /// A pipe has nothing just now.
        case later
        case end
    }

    /// Bytes; the broker takes no larger message.
    public static let limit = 2 << 20
    private static let pieceSize = 1 << 18

    private let path: String
    private let wanted: String
    private let descriptor: Int32
    private let isOwned: Bool
    private var buffer: [UInt8] = []
    private var position = 0
    /// The end of the part that was searched for a line end.
    private var searched = 0
    private var isAtEnd = false
    private var isPassingOver = false

    /// Bytes handed out so far, line ends included.
    public private(set) var bytesRead = 0
    /// Bytes of the file; 0 for a pipe.
    public let size: Int

    /// - Parameters:
    ///   - path: `-` is standard input.
    ///   - wanted: what would be right there, for the error if it cannot be read.
    public init(
        path: String, as wanted: String = "a file with a CloudEvents document on each line"
    ) throws {
        self.path = path
        self.wanted = wanted
        isOwned = path != "-"
        descriptor = try NamedFile.descriptor(path, as: wanted)
        // Only a file has positions.
        let start = lseek(descriptor, 0, SEEK_CUR)
        size = start >= 0 ? max(0, lseek(descriptor, 0, SEEK_END) - start) : 0
        if start >= 0 { lseek(descriptor, start, SEEK_SET) }
    }

    deinit {
        if isOwned { close(descriptor) }
    }

    /// Goes on behind so many bytes of a file.
    public func seek(to offset: Int) throws {
        buffer.removeAll(keepingCapacity: true)
        (position, searched, isAtEnd, isPassingOver) = (0, 0, false, false)
        guard lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset) else {
            throw NamedFile.problem(path, errno, as: wanted)
        }
        bytesRead = offset
    }

    /// The next line, without its end.
    public func next() throws -> Next {
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { take(through: end) }
                if isPassingOver {
                    isPassingOver = false
                    return .tooLong
                }
                return .line(Array(buffer[position..<end]))
            }
            searched = buffer.count
            if buffer.count - position > Self.limit {
                isPassingOver = true
                take(through: buffer.count - 1)
            }
            if isAtEnd {
                guard position < buffer.count else { return .end }
                defer { take(through: buffer.count - 1) }
                return isPassingOver ? .tooLong : .line(Array(buffer[position...]))
            }
            guard try fill() else { return .later }
        }
    }

    private func take(through end: Int) {
        bytesRead += end + 1 - position
        position = end + 1
        searched = position
    }

    /// - Returns: false if a pipe has nothing now.
    private func fill() throws -> Bool {
        if size == 0 {
            var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&polled, 1, 0) > 0 else { return false }
        }
        buffer.removeFirst(position)
        searched -= position
        position = 0
        let count = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: Self.pieceSize))
        let received = buffer.withUnsafeMutableBytes { bytes in
            read(descriptor, bytes.baseAddress.map { $0 + count }, Self.pieceSize)
        }
        let reason = errno
        buffer.removeLast(Self.pieceSize - max(0, received))
        if received < 0, reason != EINTR { throw NamedFile.problem(path, reason, as: wanted) }
        isAtEnd = received == 0
        return true
    }
}
