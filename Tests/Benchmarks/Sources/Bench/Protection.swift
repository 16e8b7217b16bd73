import ArgumentParser
import Disclosure
import Foundation

/// Seconds to hide what must be and to prove it, as the tree of places grows.
struct Protection: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Seconds to protect and to audit a district of 10 to 5,000 communities.")

    @OptionGroup var output: Output
    @Option(help: "Communities.") var communities = [10, 100, 1_000, 5_000]

    /// Insured households by basis, as the reference district has them: most on one, few on the others.
    private static let parts = [("a", 400...1_000), ("b", 0...22), ("c", 0...20), ("d", 0...16)]

    func run() throws {
        for count in communities {
            var random = Random(state: 1)
            var district = District(communities: count, &random)
            for edition in 1...Int64(2) {
                var versions = district.versions(edition)
                let (protecting, auditing, audit) = protect(&versions, district.cube)
                let newest = versions.filter { $0.ended == nil }
                output.print(
                    "protection",
                    [
                        "communities": Double(count), "edition": Double(edition),
                        "cells": Double(newest.count),
                        "primary": Double(newest.count { $0.showing == .primary }),
                        "complementary": Double(newest.count { $0.showing == .complementary }),
                        "protect_s": protecting, "audit_s": auditing,
                        "programs": Double(audit.programs),
                        "failures": Double(audit.findings.count),
                    ])
                district.keep(versions)
                district.grow(&random)
            }
        }
    }

    private func protect(
        _ versions: inout [Cube.Version], _ cube: Cube
    ) -> (protecting: Double, auditing: Double, Audit) {
        for index in cube.sensitive(versions) where versions[index].showing == .open {
            versions[index].showing = .primary
        }
        var table = cube.table(versions)
        let protecting = seconds { _ = Suppression.protect(&table) }
        var audit = Audit(FigureTable())
        let auditing = seconds { audit = Audit(table) }
        for index in versions.indices { versions[index].showing = table.showing[index] }
        return (protecting, auditing, audit)
    }

    /// SplitMix64.
    struct Random {
        var state: UInt64

        mutating func number(in range: ClosedRange<Int>) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return range.lowerBound + Int((z ^ (z >> 31)) % UInt64(range.count))
        }
    }

    /// Counts and money of one programme, in two days of one year.
    struct District {
        private struct Key: Hashable {
            let place: String
            let period: String
            let part: String
        }

        let cube = Cube(
            layers: [Cube.Layer(.count), Cube.Layer(.money)], isStock: false,
            rule: SensitivityRule(threshold: 5))
        private let places: [String]
        private var sums: [Key: Int64] = [:]
        private var kept: [Cube.Version] = []

        init(communities: Int, _ random: inout Random) {
            places = (0..<communities).map { index in
                let subdistrict = 1 + index % 10
                let (block, number) = (index / 10 / 900, index / 10 % 900)
                return "350203" + Self.digits(subdistrict + block * 10) + Self.digits(100 + number)
            }
            for place in places {
                for (part, range) in Protection.parts {
                    add(random.number(in: range), place, "2020-03-04", part)
                }
            }
        }

        private static func digits(_ number: Int) -> String {
            String(String(1_000 + number).suffix(3))
        }

        /// One community in ten gets a few more on another day.
        mutating func grow(_ random: inout Random) {
            for place in places where random.number(in: 1...10) == 1 {
                add(random.number(in: 1...9), place, "2020-05-26", "b")
            }
        }

        private mutating func add(_ count: Int, _ place: String, _ day: String, _ part: String) {
            guard count > 0 else { return }
            for length in [6, 9, 12] {
                for period in [
                    day, String(day.prefix(7)), day < "2020-04" ? "2020-Q1" : "2020-Q2", "2020",
                    "all",
                ] {
                    for part in ["", part] {
                        let key = Key(
                            place: String(place.prefix(length)), period: period, part: part)
                        sums[key, default: 0] += Int64(count)
                    }
                }
            }
        }

        /// The newest edition, and what is hidden of those before.
        func versions(_ edition: Int64) -> [Cube.Version] {
            var left = sums
            var all: [Cube.Version] = []
            for var version in kept {
                let key = Key(place: version.place, period: version.period, part: version.part)
                if version.ended == nil, left[key] == version.values[0] {
                    left[key] = nil
                    if version.showing == .open { version.showing = .published }
                } else if version.ended == nil {
                    version.ended = edition
                }
                if version.ended == nil || version.showing.isHidden { all.append(version) }
            }
            let fresh = left.sorted {
                ($0.key.place, $0.key.period, $0.key.part) < (
                    $1.key.place, $1.key.period, $1.key.part
                )
            }
            return all
                + fresh.map { key, count in
                    Cube.Version(
                        place: key.place, period: key.period, part: key.part,
                        values: [count, count * 8_000],
                        showing: .open, began: edition, ended: nil)
                }
        }

        mutating func keep(_ versions: [Cube.Version]) { kept = versions }
    }
}
