import Dispatch
import Foundation
import Support
import Synchronization

@testable import Reporting

/// Workers on threads of their own, each with its share of facts, over one database.
struct ReportingWorkers {
    private let group = DispatchGroup()
    private let errors = Errors()

    private final class Errors: Sendable {
        let list = Mutex<[String]>([])
    }

    private struct Share: Sendable {
        let items: [ReportingFacts.Item]
    }

    /// Starts them at once.
    init(_ shares: [[ReportingFacts.Item]], batch: Int, url: String) {
        for share in shares.map(Share.init) {
            group.enter()
            Thread.detachNewThread { [group, errors] in
                do {
                    let worker = try ServiceBench(Reporting.definition, url: url)
                    for start in stride(from: 0, to: share.items.count, by: batch) {
                        try worker.take(Array(share.items[start...].prefix(batch)))
                    }
                } catch {
                    errors.list.withLock { $0.append("\(error)") }
                }
                group.leave()
            }
        }
    }

    /// Waits until all are done.
    func failures() -> [String] {
        group.wait()
        return errors.list.withLock { $0 }
    }
}
