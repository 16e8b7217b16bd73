import Messages
import Testing

@Suite struct ResidentIDTests {
    @Test(arguments: [
        ("11010519491231002X", "1949-12-31", Sex.female),
        ("350203197001010027", "1970-01-01", Sex.female),
        ("11010519491231002x", "1949-12-31", Sex.female),
    ])
    func validNumbersGiveBirthDateAndSex(_ text: String, _ born: String, _ sex: Sex) throws {
        let id = try #require(ResidentID(text))
        #expect(id.birthDate == BusinessDate(born))
        #expect(id.sex == sex)
    }

    @Test func everyOtherCheckCharacterIsRefused() {
        let valid = "0123456789X".filter { ResidentID("11010519491231002\($0)") != nil }
        #expect(valid == "X")
    }

    @Test func anySingleWrongDigitIsRefused() throws {
        let digits = Array("350203197001010027")
        for position in 0..<17 {
            for wrong in "0123456789" where wrong != digits[position] {
                var changed = digits
                changed[position] = wrong
                #expect(ResidentID(String(changed)) == nil)
            }
        }
    }

    @Test func anOdd17thDigitIsMale() throws {
        let body = "35020319700101003"
        let check = Character(Unicode.Scalar(ResidentID.checkCharacter(Array(body.utf8))))
        #expect(try #require(ResidentID("\(body)\(check)")).sex == .male)
    }

    @Test func bothCasesOfTheCheckCharacterAreOneNumber() {
        #expect(ResidentID("11010519491231002x") == ResidentID("11010519491231002X"))
        #expect(ResidentID("11010519491231002x")?.rawValue == "11010519491231002X")
    }

    @Test func aDateThatIsNoneIsRefusedEvenIfTheCheckCharacterIsRight() {
        for body in ["35020319700230002", "35020319001301002", "35020318991231002"] {
            let check = Character(Unicode.Scalar(ResidentID.checkCharacter(Array(body.utf8))))
            #expect(ResidentID("\(body)\(check)") == nil)
        }
    }

    @Test(arguments: [
        "", "350203700101002", "35020319700101002", "3502031970010100277", "35020319700101002７",
        "3502031970010100 7", "A50203197001010027", "X10105194912310020",
    ])
    func whatIsNoNumberIsRefused(_ text: String) {
        #expect(ResidentID(text) == nil)
    }

    @Test func noDescriptionShowsTheNumber() throws {
        let id = try #require(ResidentID("350203197001010027"))
        var dumped = ""
        dump([id], to: &dumped)
        let shown = "\(id) \(String(reflecting: id)) \([id]) \(dumped)"
        #expect(!shown.contains("3502"))
        #expect(!shown.contains("1970"))
    }
}
