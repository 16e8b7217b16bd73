internal import Foundation
internal import Hummingbird
internal import Logging
internal import Metrics
internal import Postgres
internal import ServiceLifecycle
internal import Synchronization
internal import UnixSignals

/// A running service: its workers and its HTTP server, until a signal ends it.
struct ServiceProcess {
    let definition: ServiceDefinition
    let settings: ServiceSettings

    func run() async throws {
        let name = definition.name
        let level = settings.logLevel
        LoggingSystem.bootstrap { _ in JSONLogHandler(service: name, level: level) }
        let prometheus = PrometheusFactory()
        MetricsSystem.bootstrap(prometheus)
        let logger = Logger(label: name)
        let health = Health(workers: settings.workers)
        let router = Self.routes(health, prometheus)
        if let routes = definition.routes {
            let readers = DatabaseReaders(settings.database)
            readers.start(service: name)
            try routes(router, readers, settings.all)
        }
        let http = server(router, logger)
        let workers = Workers(
            definition: definition, settings: settings, health: health, logger: logger)
        let configuration = ServiceGroupConfiguration(
            services: [.init(service: http), .init(service: workers)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await ServiceGroup(configuration: configuration).run()
    }

    private func server(
        _ router: Hummingbird.Router<BasicRequestContext>, _ logger: Logger
    ) -> some ApplicationProtocol {
        Application(
            router: router,
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(HTTPLimits.idleSeconds),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: HTTPLimits.headBytes,
                        maxHeaderListSize: HTTPLimits.headBytes,
                        maxHeaderFieldCount: HTTPLimits.headFields))),
            configuration: .init(
                address: .hostname(settings.host, port: settings.port),
                serverName: definition.name,
                availableConnectionsDelegate: .maximum(HTTPLimits.connections, logger: logger)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? 0
                logger.notice("listening", metadata: ["port": "\(port)"])
            },
            logger: logger)
    }

    private static func routes(
        _ health: Health, _ prometheus: PrometheusFactory
    ) -> Hummingbird.Router<BasicRequestContext> {
        let router = Hummingbird.Router(options: .autoGenerateHeadEndpoints)
        router.get("/livez") { _, _ in
            Response(
                status: health.isAlive ? .ok : .serviceUnavailable,
                body: .init(byteBuffer: .init(string: health.isAlive ? "alive\n" : "stuck\n")))
        }
        router.get("/readyz") { request, _ in
            let verbose = request.uri.queryParameters["verbose"] != nil
            let text = verbose ? health.report : health.summary
            return Response(
                status: health.isReady ? .ok : .serviceUnavailable,
                body: .init(byteBuffer: .init(string: text)))
        }
        router.get("/metrics") { _, _ in
            health.measure()
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: .init(string: prometheus.exposition())))
        }
        return router
    }
}

/// The workers' threads as one service of the process.
private struct Workers: Service {
    let definition: ServiceDefinition
    let settings: ServiceSettings
    let health: Health
    let logger: Logger

    func run() async throws {
        let stop = StopFlag()
        await withGracefulShutdownHandler {
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<settings.workers {
                    group.addTask { await runThread(index, stop) }
                }
            }
        } onGracefulShutdown: {
            stop.isSet.store(true, ordering: .releasing)
            Thread.detachNewThread {
                Thread.sleep(forTimeInterval: Self.patience)
                endAnyway()
            }
        }
    }

    /// Seconds after the signal that a long transaction of a job may still take; a process has 8 to end.
    private static let patience = 6.5

    /// As good as an orderly end: what is not committed by now is rolled back and done again by whoever starts next.
    private func endAnyway() {
        logger.notice("ending in the middle of a transaction, which is rolled back")
        _exit(EXIT_SUCCESS)
    }

    /// Runs a worker on an operating-system thread of its own until it has stopped.
    private func runThread(_ index: Int, _ stop: StopFlag) async {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                Worker(
                    index: index, definition: definition, settings: settings, health: health,
                    logger: logger
                ).run(until: stop)
                continuation.resume()
            }
            thread.name = "\(definition.name)-\(index)"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}

/// Set once, when the process is asked to stop.
final class StopFlag: Sendable {
    let isSet = Atomic<Bool>(false)
}
