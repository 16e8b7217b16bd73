internal import AMQP

@testable public import ServiceKit

extension ServiceBench {
    /// Runs a job that publishes nothing itself. Facts of the commands that it gives are among `facts`.
    public func run(_ job: Job) throws {
        let outlet = JobOutlet(try Endpoint(url: "amqp://nobody@127.0.0.1:1/"), name: "test")
        try job.run(
            JobContext(
                connection: connection, outlet: outlet, now: .now(), settings: JobSettings(),
                decide: { [self] in try keep(batch.decide(own: $0)) }))
    }
}
