import Foundation
import Messages
import Testing

@Suite struct FenTests {
    @Test func aYuanIsAHundredFen() {
        #expect(Fen.yuan(1_710_000).rawValue == 171_000_000)
        #expect(Fen.yuan(10) + Fen(5) - Fen(6) == Fen(999))
        #expect(Fen(8_275) * 68_000 == Fen.yuan(5_627_000))
        #expect(Fen(1) < Fen(2))
        #expect([Fen(1), Fen(2)].reduce(.zero, +) == Fen(3))
    }

    @Test func aDescriptionIsInYuan() {
        #expect(Fen(8_275).description == "82.75 yuan")
        #expect(Fen(-5).description == "-0.05 yuan")
    }

    @Test func onlyAmountsInRangeAreDecoded() throws {
        func decode(_ text: String) throws -> Fen {
            try JSONDecoder().decode(Fen.self, from: Data(text.utf8))
        }
        #expect(try decode("0") == .zero)
        #expect(try decode("1000000000000") == Fen(Fen.range.upperBound))
        for text in ["-1", "1000000000001", "1.5", "\"1\""] {
            #expect(throws: DecodingError.self) { try decode(text) }
        }
    }
}

@Suite struct TerritoryCodeTests {
    @Test(arguments: [
        ("35", TerritoryCode.Level.province), ("3502", .city), ("350203", .district),
        ("350203007", .subdistrict), ("350203007001", .community), ("350203007001002", .compound),
    ])
    func theLengthIsTheLevel(_ text: String, _ level: TerritoryCode.Level) throws {
        #expect(try #require(TerritoryCode(text)).level == level)
    }

    @Test(arguments: ["", "3", "350", "35020", "3502030", "35020300700", "35020x", "３５", "-5"])
    func whatIsNoCodeIsRefused(_ text: String) {
        #expect(TerritoryCode(text) == nil)
    }

    @Test func aTerritoryContainsItselfAndWhatBeginsWithIt() throws {
        let district = try #require(TerritoryCode("350203"))
        let community = try #require(TerritoryCode("350203007001"))
        let other = try #require(TerritoryCode("350205"))
        #expect(district.contains(district))
        #expect(district.contains(community))
        #expect(!community.contains(district))
        #expect(!other.contains(community))
    }

    @Test func ancestorsGoFromTheDistrictDown() throws {
        let compound = try #require(TerritoryCode("350203007001002"))
        #expect(
            compound.ancestors.map(\.rawValue)
                == ["350203", "350203007", "350203007001", "350203007001002"])
        #expect(try #require(TerritoryCode("350203")).ancestors.map(\.rawValue) == ["350203"])
        #expect(try #require(TerritoryCode("3502")).ancestors == [])
        #expect(compound.ancestor(at: .subdistrict)?.rawValue == "350203007")
        #expect(try #require(TerritoryCode("350203")).ancestor(at: .community) == nil)
    }

    @Test func aParentIsOneLevelUp() throws {
        var code = TerritoryCode("350203007001002")
        var chain: [String] = []
        while let current = code {
            chain.append(current.rawValue)
            code = current.parent
        }
        #expect(chain == ["350203007001002", "350203007001", "350203007", "350203", "3502", "35"])
    }

    @Test func widerLevelsComeFirst() {
        #expect(TerritoryCode.Level.district < .subdistrict)
        #expect(TerritoryCode.Level.allCases.sorted() == TerritoryCode.Level.allCases)
    }
}

@Suite struct NameTests {
    @Test(arguments: ["warm-home", "a", "29-may", String(repeating: "a", count: 64)])
    func aProgrammeIsWordsJoinedByHyphens(_ text: String) {
        #expect(Programme(text)?.rawValue == text)
    }

    @Test(arguments: [
        "", "-", "warm-", "-home", "warm--home", "Warm", "warm home", "暖心",
        String(repeating: "a", count: 65),
    ])
    func otherTextsAreNoProgramme(_ text: String) {
        #expect(Programme(text) == nil)
    }

    @Test func specialFamiliesAreTheBereavedAndThoseWithADisabledChild() {
        #expect(Category.allCases.filter(\.isSpecialFamily) == [.bereaved, .disabledChild])
    }

    @Test func aUUIDIsWrittenInLowerCaseAndReadInBoth() throws {
        let text = "0190A0B0-1111-7ABC-8DEF-0123456789AB"
        let uuid = try #require(UUID(wireText: text))
        #expect(uuid.uuidString == text)
        #expect(uuid.wireText == text.lowercased())
        #expect(LoanID(uuid).description == text.lowercased())
        for wrong in ["", text + "0", text.replacingOccurrences(of: "-", with: "0"), "{\(text)}"] {
            #expect(UUID(wireText: wrong) == nil)
        }
        #expect(UUID(wireText: text.replacingOccurrences(of: "B0", with: "G0")) == nil)
    }
}
