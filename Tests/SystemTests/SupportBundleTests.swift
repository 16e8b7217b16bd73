import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// A deployment in which much is known of a person, and a helper who must not learn it.
    @Suite("The support bundle")
    struct SupportBundleTests {
        private static let name = "陈小明"
        private static let residentID = "11010519491231002X"
        private static let telephone = "13950000001"

        private let deployment: Deployment

        init() throws { deployment = try Deployment("support") }

        /// Publishes a person, in a message that is taken, in one that cannot be read and in one that nobody wants.
        private func publishPerson() throws {
            let client = try Client(deployment.broker("operator"))
            try client.publish(
                LoadTerritory(
                    edition: Sample.day, source: "test",
                    units: [
                        TerritoryUnit(
                            code: Sample.district, nameZh: "思明区", nameEn: "Siming District",
                            validFrom: Sample.day)
                    ]))
            try client.flush()
            let registry = try Connection(
                PostgresConfiguration(url: deployment.database("registry")))
            try deployment.eventually("registry knows the district") {
                try !registry.run("SELECT FROM territory").isEmpty
            }
            try client.publish(
                RegisterPerson(
                    person: PersonID(UUID()), territory: Sample.district,
                    registeredOn: Sample.day, name: Self.name,
                    residentId: Sample.value(ResidentID(Self.residentID)), phone: Self.telephone))
            let text = #"{"name":"\#(Self.name)","id":"\#(Self.residentID)","#
            try client.publish(Array(text.utf8), type: RegisterPerson.type)
            try client.publish(Array("{}".utf8), type: "registry.\(Self.name).\(Self.telephone)")
            try client.flush()
            try deployment.eventually("registry knows the person and has buried the rest") {
                try registry.run(
                    """
                    SELECT WHERE (SELECT count(*) FROM person) = 1
                      AND (SELECT count(*) FROM dead_letter) = 2
                    """
                ).count == 1
            }
        }

        private func bundle() throws -> URL {
            let log = deployment.directory.appending(path: "made-up.log")
            try """
            {"message":"what no service says","name":"\(Self.name)","id":"\(Self.residentID)",\
            "phone":"+86 139-5000-0001","url":"amqp://bank:s3cret-word@rabbitmq:5672/"}
            """.write(to: log, atomically: true, encoding: .utf8)
            var environment = try deployment.toolEnvironment()
            environment["NUANXIN_MANAGEMENT_URL"] = deployment.management
            environment["NUANXIN_HTTP"] = try deployment.http("reporting")
            let file = deployment.directory.appending(path: "support.tar.gz")
            let registryLog = deployment.directory.appending(path: "registry.log")
            let finished = try deployment.run(
                "nuanxin", ["support-bundle", file.path, "--log", registryLog.path, log.path],
                environment)
            try #require(finished.status == 0, "\(finished.error)")
            let place = deployment.directory.appending(path: "opened")
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let opened = try Deployment.run(
                URL(filePath: "/usr/bin/tar"), ["-xzf", file.path, "-C", place.path],
                ["PATH": "/usr/bin:/bin"])
            try #require(opened.status == 0, "\(opened.error)")
            return place.appending(path: "support")
        }

        @Test func `It says how everything is, and nothing of secrets and of persons`() throws {
            _ = try deployment.start("registry")
            _ = try deployment.start("reporting")
            try publishPerson()
            let folder = try bundle()
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            let texts = try Dictionary(
                uniqueKeysWithValues: names.map {
                    ($0, try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
                })
            let password = try #require(
                URLComponents(string: deployment.management)?.password)
            let database = try #require(
                URLComponents(string: deployment.database("registry"))?.password)
            for (name, text) in texts {
                for secret in [
                    password, database, Self.name, "小明", Self.residentID, Self.telephone,
                    "139-5000", "s3cret-word",
                ] {
                    #expect(!text.contains(secret), "\(name)")
                }
            }
            #expect(texts["versions.txt"]?.contains(/RabbitMQ [0-9]+\.[0-9]+/) == true)
            #expect(
                texts["settings.txt"]?.contains("NUANXIN_REGISTRY_DB=postgresql://postgres@127")
                    == true, "\(texts["settings.txt"] ?? "")")
            #expect(texts["doctor.txt"]?.contains("well   broker") == true)
            #expect(texts["status.json"]?.contains("2 open dead letters") == true)
            #expect(texts["queues.json"]?.contains("registry.commands") == true)
            let letters = try #require(texts["database-registry.txt"])
            #expect(
                letters.contains("open, not_json, registry.person.register.v1, 1, 1"), "\(letters)")
            #expect(letters.contains("no type"))
            #expect(letters.contains("0000_common"))
            #expect(texts["reporting-metrics.txt"]?.contains("status 200") == true)
            #expect(texts["log-2-made-up.log.txt"]?.contains("what no service says") == true)
            #expect(texts["log-1-registry.log.txt"]?.contains("listening") == true)
        }

        @Test func `Its owner alone can read it, and what is out of reach is said in its place`()
            throws
        {
            let file = deployment.directory.appending(path: "alone.tar.gz")
            let finished = try deployment.run(
                "nuanxin", ["support-bundle", file.path],
                ["NUANXIN_REGISTRY_DB": "postgresql://registry:4f0c4f0c@127.0.0.1:1/registry"])
            #expect(finished.status == 0, "\(finished.error)")
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let text = try Deployment.run(
                URL(filePath: "/usr/bin/tar"),
                ["-xzf", file.path, "-O", "support/database-registry.txt", "support/queues.json"],
                ["PATH": "/usr/bin:/bin"]
            ).output
            #expect(text.contains("not to be had"))
            #expect(!text.contains("4f0c"))
        }
    }
}
