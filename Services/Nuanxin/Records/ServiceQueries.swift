import AMQP
import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

/// Asks several services the same, and goes on when one of them refuses or is silent.
final class ServiceQueries {
    private let queries: BrokerQueries
    private let language: ToolLanguage
    private var refusals = 0
    private var silent: Set<String> = []
    /// Those that do not say whether they know nothing of it or may not tell it.
    private(set) var reserved: [String] = []

    init(_ endpoint: Endpoint, name: String, in language: ToolLanguage) {
        self.language = language
        queries = BrokerQueries(endpoint, name: name)
    }

    /// - Parameter absent: codes that say that the service has nothing of it.
    /// - Returns: nil if it has not answered with data.
    func ask<Value: Decodable>(
        _ service: String, _ query: some Query, for type: Value.Type, absent: Set<String>
    ) throws -> Value? {
        guard !silent.contains(service) else { return nil }
        do {
            switch try queries.ask(query, for: type) {
            case .answered(let value): return value
            case .refused(let code, _, _) where absent.contains(code): return nil
            case .refused("out_of_scope", "/data/record", _):
                reserved.append(service)
                return nil
            case .refused(let code, let pointer, let expected):
                let reason = ToolWords.refused(
                    code, at: pointer, expected: expected, by: service)
                writeError(reason[language])
                refusals += 1
                return nil
            }
        } catch let error as BrokerQueries.NoAnswer {
            let (name, reason) = (ToolWords.service(service), ToolWords.noAnswer(error))
            writeError(
                ToolWords("\(name.zh)：\(reason.zh)", "\(name.en): \(reason.en)")[language])
            silent.insert(service)
            return nil
        } catch {
            throw ExitCode.error(ToolWords("\(error)", "\(error)"), 2, in: language)
        }
    }

    /// Ends the program with a status if not all services have answered.
    func check() throws {
        if refusals > 0 { throw ExitCode(4) }
        if !silent.isEmpty { throw ExitCode(3) }
    }
}
