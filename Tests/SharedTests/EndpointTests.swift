import AMQP
import Testing

@Suite("The broker's address")
struct EndpointTests {
    @Test func `Every part of the URL is read`() throws {
        let endpoint = try Endpoint(url: "amqp://funding:p%40ss%2F@broker.example:5673/nuan%2Fxin")
        #expect(endpoint.host == "broker.example")
        #expect(endpoint.port == 5673)
        #expect(endpoint.user == "funding")
        #expect(endpoint.password == "p@ss/")
        #expect(endpoint.virtualHost == "nuan/xin")
        #expect(endpoint.tls == nil)
    }

    @Test func `What is left out is what RabbitMQ's URI specification says`() throws {
        let plain = try Endpoint(url: "amqp://localhost")
        #expect((plain.port, plain.user, plain.virtualHost) == (5672, "guest", "/"))
        #expect(try Endpoint(url: "amqp://localhost/").virtualHost == "/")
        #expect(try Endpoint(url: "amqp://localhost/%2F").virtualHost == "/")
        #expect(try Endpoint(url: "amqps://localhost").port == 5671)
    }

    @Test func `Several hosts share a port`() throws {
        let endpoint = try Endpoint(url: "amqps://u:p@one,two,three:5673/%2F")
        #expect(endpoint.host == "one,two,three")
        #expect(endpoint.port == 5673)
    }

    @Test func `A secure address carries its certificates`() throws {
        let url = "amqps://u:p@h/v?cacertfile=/ca.pem&certfile=/me.pem&keyfile=/me.key"
        let tls = try #require(try Endpoint(url: url).tls)
        #expect(tls.authorities == "/ca.pem")
        #expect(tls.certificate == "/me.pem")
        #expect(tls.key == "/me.key")
    }

    @Test func `It may say how often the broker is to be told that we live`() throws {
        #expect(try Endpoint(url: "amqp://h").heartbeat == 20)
        #expect(try Endpoint(url: "amqp://h/v?heartbeat=7").heartbeat == 7)
    }

    @Test(arguments: ["amqp://h?heartbeat=0", "amqp://h?heartbeat=x", "amqp://h?heartbeat=301"])
    func `It may not say that nobody need be told`(url: String) {
        #expect(throws: AMQPError.self) { try Endpoint(url: url) }
    }

    @Test(arguments: ["", "localhost", "http://localhost", "amqp://", "postgresql://h/d"])
    func `Another address is a fault of the configuration`(url: String) {
        do throws(AMQPError) {
            _ = try Endpoint(url: url)
            Issue.record("taken: \(url)")
        } catch {
            #expect(error.kind == .configuration)
            #expect(!error.isRetriable)
        }
    }

    @Test func `A refused address is not repeated, for it may hold a password`() {
        do throws(AMQPError) {
            _ = try Endpoint(url: "ampq://user:geheim@host")
            Issue.record("taken")
        } catch {
            #expect(!error.description.contains("geheim"))
        }
    }
}
