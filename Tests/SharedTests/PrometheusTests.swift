import CoreMetrics
import Testing

@testable import ServiceKit

@Suite("Measurements in Prometheus' format")
struct PrometheusTests {
    @Test func `Series of a name stand together under one type line`() {
        let factory = PrometheusFactory()
        factory.makeCounter(label: "b_total", dimensions: [("to", "y")]).increment(by: 2)
        factory.makeRecorder(label: "c", dimensions: [], aggregate: false).record(1.5)
        factory.makeCounter(label: "b_total", dimensions: [("to", "x")]).increment(by: 1)
        factory.makeTimer(label: "a_seconds", dimensions: []).recordNanoseconds(2_500_000_000)
        #expect(
            factory.exposition() == """
                # TYPE a_seconds summary
                a_seconds_count 1
                a_seconds_sum 2.5
                # TYPE b_total counter
                b_total{to="x"} 1
                b_total{to="y"} 2
                # TYPE c gauge
                c 1.5

                """)
    }

    @Test func `The same label and dimensions are the same series`() {
        let factory = PrometheusFactory()
        for _ in 0..<3 {
            factory.makeCounter(label: "n", dimensions: [("k", "v")]).increment(by: 1)
        }
        #expect(factory.exposition() == "# TYPE n counter\nn{k=\"v\"} 3\n")
    }

    @Test func `Label values are escaped`() {
        let factory = PrometheusFactory()
        factory.makeCounter(label: "n", dimensions: [("k", "a\"b\\c\nd")]).increment(by: 1)
        #expect(factory.exposition() == "# TYPE n counter\nn{k=\"a\\\"b\\\\c\\nd\"} 1\n")
    }
}
