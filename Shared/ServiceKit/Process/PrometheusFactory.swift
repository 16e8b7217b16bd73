internal import CoreMetrics
internal import Synchronization

/// A backend of swift-metrics that keeps all values in memory and writes them in Prometheus' text
/// exposition format 0.0.4.
final class PrometheusFactory: MetricsFactory, Sendable {
    private struct Series: Hashable {
        let name: String
        let labels: String
    }

    private struct State {
        var counters: [Series: CounterCell] = [:]
        var gauges: [Series: GaugeCell] = [:]
        var summaries: [Series: SummaryCell] = [:]
    }

    private let state = Mutex(State())

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let series = Self.series(label, dimensions)
        return state.withLock { state in
            if let cell = state.counters[series] { return cell }
            let cell = CounterCell()
            state.counters[series] = cell
            return cell
        }
    }

    func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let series = Self.series(label, dimensions)
        return state.withLock { state in
            if let cell = state.gauges[series] { return cell }
            let cell = GaugeCell()
            state.gauges[series] = cell
            return cell
        }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let series = Self.series(label, dimensions)
        return state.withLock { state in
            if let cell = state.summaries[series] { return cell }
            let cell = SummaryCell()
            state.summaries[series] = cell
            return cell
        }
    }

    // Series are few and live as long as the process.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    /// All series, those of a name together.
    func exposition() -> String {
        let state = state.withLock { $0 }
        var lines: [(name: String, type: String, samples: String)] = []
        for (series, cell) in state.counters {
            lines.append((series.name, "counter", "\(series.name)\(series.labels) \(cell.value)\n"))
        }
        for (series, cell) in state.gauges {
            lines.append((series.name, "gauge", "\(series.name)\(series.labels) \(cell.value)\n"))
        }
        for (series, cell) in state.summaries {
            let (count, seconds) = cell.value
            let samples = """
                \(series.name)_count\(series.labels) \(count)
                \(series.name)_sum\(series.labels) \(seconds)

                """
            lines.append((series.name, "summary", samples))
        }
        var text = ""
        var last = ""
        for line in lines.sorted(by: { ($0.name, $0.samples) < ($1.name, $1.samples) }) {
            if line.name != last { text += "# TYPE \(line.name) \(line.type)\n" }
            text += line.samples
            last = line.name
        }
        return text
    }

    private static func series(_ label: String, _ dimensions: [(String, String)]) -> Series {
        let labels = dimensions.map { name, value in
            let escaped = value.map { character -> String in
                switch character {
                case "\\": "\\\\"
                case "\"": "\\\""
                case "\n": "\\n"
                default: String(character)
                }
            }.joined()
            return "\(name)=\"\(escaped)\""
        }
        return Series(
            name: label, labels: labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}")
    }
}

private final class CounterCell: CounterHandler, Sendable {
    private let count = Atomic<Int64>(0)
    var value: Int64 { count.load(ordering: .relaxed) }
    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
}

private final class GaugeCell: RecorderHandler, Sendable {
    private let last = Mutex(0.0)
    var value: Double { last.withLock { $0 } }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { last.withLock { $0 = value } }
}

private final class SummaryCell: TimerHandler, Sendable {
    private let total = Mutex<(count: Int64, nanoseconds: Int64)>((0, 0))
    var value: (count: Int64, seconds: Double) {
        total.withLock { ($0.count, Double($0.nanoseconds) / 1e9) }
    }
    func recordNanoseconds(_ duration: Int64) {
        total.withLock { total in
            total.count += 1
            total.nanoseconds += duration
        }
    }
}
