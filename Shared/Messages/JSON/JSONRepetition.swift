extension JSONDocument {
    /// Names in one object. No message has a fifth of it, and one of tens of thousands takes long to read.
    static let nameLimit = 1_000
    /// Members up to which names are compared in pairs. A message has fewer, and nothing is allocated for it.
    private static let pairLimit = 24

    /// The value of a member whose name stands in its object a second time, at whatever depth; the first one of the text.
    ///
    /// RFC 8259 leaves it to the reader which of the two counts, so two readers of one document may see different amounts.
    func repeatedMember() -> Int? {
        tokens.indices.lazy.filter { tokens[$0].kind == .object }.compactMap(repeatedMember(of:))
            .first
    }

    /// The first object with more names than a message may have.
    func overfullObject() -> Int? {
        tokens.indices.first { index in
            guard tokens[index].kind == .object else { return false }
            var (key, count) = (index + 1, 0)
            while key < Int(tokens[index].next) {
                count += 1
                if count > Self.nameLimit { return true }
                key = Int(tokens[key + 1].next)
            }
            return false
        }
    }

    private func repeatedMember(of object: Int) -> Int? {
        var (key, count) = (object + 1, 0)
        let end = Int(tokens[object].next)
        while key < end {
            guard count < Self.pairLimit else { return repeatedMember(ofLarge: object) }
            var earlier = object + 1
            while earlier < key {
                if areEqual(earlier, key) { return key + 1 }
                earlier = Int(tokens[earlier + 1].next)
            }
            key = Int(tokens[key + 1].next)
            count += 1
        }
        return nil
    }

    /// By their hashes, so that a body of a mebibyte full of names takes no longer than it must.
    private func repeatedMember(ofLarge object: Int) -> Int? {
        var seen: Set<[UInt8]> = []
        var key = object + 1
        while key < Int(tokens[object].next) {
            guard seen.insert(Array(string(key).utf8)).inserted else { return key + 1 }
            key = Int(tokens[key + 1].next)
        }
        return nil
    }

    private func areEqual(_ first: Int, _ second: Int) -> Bool {
        let (one, other) = (tokens[first], tokens[second])
        guard one.kind == .string, other.kind == .string else {
            return string(first).utf8.elementsEqual(string(second).utf8)
        }
        let length = one.end - one.start
        guard length == other.end - other.start else { return false }
        for offset in 0..<Int(length)
        where bytes[Int(one.start) + offset] != bytes[Int(other.start) + offset] { return false }
        return true
    }
}
