/// How long and how many HTTP connections may stay, so that nobody keeps others out by connecting and saying nothing.
enum HTTPLimits {
    /// Seconds until the whole head of a request is there, from the start of the connection or the end of the answer before.
    static let idleSeconds: Int64 = 10
    /// Bytes of the fields of a request's head, and their number.
    static let headBytes = 16 << 10
    static let headFields = 100
    /// Connections at a time. More wait in the kernel's queue until one ends.
    static let connections = 512
}
