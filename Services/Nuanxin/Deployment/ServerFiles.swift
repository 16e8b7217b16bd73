import Foundation
import ServiceKit

/// The files that the servers of a deployment read. They hold no password, only hashes.
enum ServerFiles {
    /// - Parameter passwords: of each user of the broker.
    static func definitions(_ passwords: [String: String]) throws -> String {
        String(decoding: try Topology().definitions { passwords[$0] }, as: UTF8.self)
    }

    /// Sets one variable for each password and has service.sql and scratch.sql do the rest.
    static func databases(_ passwords: [String: String]) -> String {
        var lines = [
            "-- Written by nuanxin init. No password stands here, only what PostgreSQL keeps of one."
        ]
        for service in Topology.services {
            let owner = verifier(passwords["\(service)_owner"] ?? "")
            let runtime = verifier(passwords[service] ?? "")
            lines += [
                "\\set service \(service)", "\\set owner_password '\(owner)'",
                "\\set runtime_password '\(runtime)'", "\\i /etc/nuanxin/service.sql",
                "\\connect postgres",
            ]
        }
        let scratch = verifier(passwords["scratch"] ?? "")
        lines += ["\\set scratch_password '\(scratch)'", "\\i /etc/nuanxin/scratch.sql"]
        return lines.joined(separator: "\n")
    }

    /// The role of a standby. It may connect to a database too, so that it can change its own password.
    static func replication(_ password: String) -> String {
        let role = DeploymentForm.replicator
        return """
            -- Written by nuanxin init. No password stands here, only what PostgreSQL keeps of one.
            SELECT 'CREATE ROLE \(role)' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(role)') \\gexec
            ALTER ROLE \(role) LOGIN REPLICATION PASSWORD '\(verifier(password))';
            GRANT CONNECT ON DATABASE postgres TO \(role);
            """
    }

    static func verifier(_ password: String) -> String {
        ScramVerifier.text(password, salt: Secrets.bytes(ScramVerifier.saltLength))
    }
}
