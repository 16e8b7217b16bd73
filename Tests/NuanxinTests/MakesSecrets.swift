import Foundation

@testable import Nuanxin

/// Tests that make the secrets of a deployment in a directory of their own.
protocol MakesSecrets {
    var path: String { get }
}

extension MakesSecrets {
    @discardableResult
    func make(
        tls: Bool? = nil, cluster: Bool? = nil
    ) throws -> [(name: String, change: DeploymentSecrets.Change)] {
        var secrets = DeploymentSecrets(
            try DeploymentDirectory(path), tls: tls, cluster: cluster)
        return try secrets.make()
    }

    /// Deletes the directory afterwards.
    func inDirectory(_ body: () throws -> Void) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body()
    }
}
