import Foundation
import ServiceKit

/// The files of a deployment that `nuanxin init` makes. Existing files are kept unless a function says otherwise. A file is
/// complete or absent, even after a crash.
struct DeploymentDirectory {
    enum Access: mode_t {
        /// A secret, for its owner alone.
        case secret = 0o600
        /// A secret of a server that runs as a user of its own, and reads it as one of the owner's group.
        case server = 0o640
        /// Files for servers that run as users of their own.
        case open = 0o644
    }

    /// The owner of the files, and the user of the containers.
    struct Owner {
        let user: uid_t
        let group: gid_t
        /// Used instead of root, because our containers never run as root. The image has this user.
        static let image = Owner(user: 10_001, group: 10_001)

        static var current: Owner {
            geteuid() == 0 ? image : Owner(user: geteuid(), group: getegid())
        }
    }

    struct File {
        let content: String
        let isNew: Bool
    }

    let path: String
    let owner: Owner

    init(_ path: String) throws {
        self.path = path
        owner = .current
        try makeDirectory("")
    }

    /// The content of a file, which is made with `content` if there is none.
    func file(_ name: String, _ access: Access, _ content: () throws -> String) throws -> File {
        if let present = try read(name) { return File(content: present, isNew: false) }
        let text = try content()
        try write(name, access, text)
        return File(content: text, isNew: true)
    }

    func has(_ name: String) -> Bool { access(location(name), F_OK) == 0 }

    func makeDirectory(_ name: String) throws {
        let full = location(name)
        if mkdir(full, 0o700) == 0 {
            try give(full)
        } else if errno != EEXIST {
            throw Self.problem("cannot make the directory", full)
        }
    }

    /// Where a file is, for other programs.
    func location(_ name: String) -> String { name.isEmpty ? path : "\(path)/\(name)" }

    /// Replaces the content of a file.
    func replace(_ name: String, _ access: Access, _ text: String) throws {
        try write(name, access, text, put: rename)
    }

    /// Replaces one file by another, atomically.
    func move(_ name: String, to other: String) throws {
        guard rename(location(name), location(other)) == 0 else {
            throw Self.problem("cannot rename", location(name))
        }
    }

    /// The text of a file without surrounding white space; nil if there is no file.
    func read(_ name: String) throws -> String? {
        guard has(name) else { return nil }
        let full = location(name)
        guard let text = try? String(contentsOfFile: full, encoding: .utf8) else {
            throw Settings.Problem("cannot read \(full)")
        }
        let content = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !content.isEmpty else {
            throw Settings.Problem(
                "\(full) is empty: delete it, then the files that `nuanxin init` names next")
        }
        return content
    }

    /// - Parameter put: gives the complete file its name. A link fails if the name exists.
    private func write(
        _ name: String, _ access: Access, _ text: String,
        put: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> Int32 = link
    ) throws {
        let full = location(name)
        let draft = "\(full).\(getpid()).new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, access.rawValue)
        guard descriptor >= 0 else { throw Self.problem("cannot write", draft) }
        defer { unlink(draft) }
        let bytes = Array((text + "\n").utf8)
        let isWritten =
            Glibc.write(descriptor, bytes, bytes.count) == bytes.count
            && fchmod(descriptor, access.rawValue) == 0 && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten else { throw Self.problem("cannot write", draft) }
        try give(draft)
        guard put(draft, full) == 0 else { throw Self.problem("cannot write", full) }
    }

    private func give(_ full: String) throws {
        guard geteuid() != owner.user else { return }
        guard chown(full, owner.user, owner.group) == 0 else {
            throw Self.problem("cannot give \(owner.user):\(owner.group)", full)
        }
    }

    private static func problem(_ what: String, _ path: String) -> Settings.Problem {
        Settings.Problem("\(what) \(path): \(String(cString: strerror(errno)))")
    }
}
