import Foundation
import Messages
import Testing

/// Names and telephone numbers, as people write them and as they do not.
@Suite struct PersonTextTests {
    /// All places where a message has the field.
    static let places = [
        ("registry.person.register.v1", "/data/"),
        ("registry.household.register.v1", "/data/members/0/"),
        ("registry.search.v1", "/data/"), ("registry.person.correct.v1", "/data/"),
    ]

    @Test(arguments: [
        "陈小明", "示例人1", "欧阳 修", "阿不都·热合曼", "阿不都・热合曼", "买买提•依明", "ئابدۇراخمان", "Maria J. O'Neill",
        "Jean-Luc Picard", "ＪＯＨＮ　ＳＭＩＴＨ", "O´Brien", "陈 小 明", "𠮷野", "葛\u{E0100}城", "〇子", "  陈小明 ",
    ])
    func `a name is taken as people write it`(name: String) throws {
        for (type, place) in Self.places {
            #expect(try Golden.error(type, [place + "name": name]) == nil, "\(type)")
        }
    }

    /// Some of the texts that must say something: reasons, evidence and names of things.
    static let texts = [
        ("registry.category.end.v1", "/data/reason"),
        ("registry.category.assert.v1", "/data/evidence"),
        ("registry.site.open.v1", "/data/nameZh"), ("registry.site.open.v1", "/data/themes/0"),
        ("events.activity.plan.v1", "/data/titleEn"),
        ("registry.task.settle.v1", "/data/reason"),
    ]

    @Test(arguments: [
        " ", "  ", "\t\n", "\u{3000}", "\u{A0}\u{2003}", "\u{200B}", "\u{FEFF}\u{200D}",
        "\u{2800}", "\u{3164}", " \u{FE0F}",
    ])
    func `a text in which there is nothing to see is refused`(blanks: String) throws {
        for (type, place) in Self.texts {
            let error = try #require(try Golden.error(type, [place: blanks]), "\(type)")
            #expect(error.code == "invalid_value")
            #expect(error.pointer == place)
            #expect(error.expected.hasSuffix("characters, not only blanks"))
        }
    }

    @Test(arguments: ["a", " 核对 ", "。", "\u{3000}更正", "👍", "1"])
    func `a text that says something is taken, with its blanks`(text: String) throws {
        for (type, place) in Self.texts {
            #expect(try Golden.error(type, [place: text]) == nil, "\(type)")
        }
    }

    @Test(arguments: [
        "12345", "１２３", "...", "·", "   ", "陈\u{7}小明", "陈\u{202E}小明", "陈\u{FEFF}小明",
        "chen@example.org", "陈＠example", "11010519491231002X", "陈小明 13800000001", "350203700101002",
        "陈小明😀", "😀", "❤️陈", "陈🏻", "陈+林", "陈\n", "1️⃣陈", "¥陈",
    ])
    func `what cannot be a name is refused and not quoted`(name: String) throws {
        for (type, place) in Self.places {
            let error = try #require(try Golden.error(type, [place + "name": name]), "\(type)")
            #expect(error.code == "invalid_value")
            #expect(error.pointer == place + "name")
            #expect(error.expected.hasPrefix("a person's name"))
            #expect(!error.expected.contains(name))
        }
    }

    @Test(arguments: [
        ("13800000001", "13800000001"), ("１３８０００００００１", "13800000001"),
        ("138 0000 0001", "13800000001"), ("138-0000-0001", "13800000001"),
        ("+86 138 0000 0001", "13800000001"), ("＋８６－13800000001", "13800000001"),
        ("008613800000001", "13800000001"), ("86 13800000001", "13800000001"),
        ("(0592) 555-1234", "5925551234"), ("（０５９２）５５５１２３４", "5925551234"),
        ("+86 592 5551234", "5925551234"), ("+86 (0)592 5551234", "5925551234"),
        ("0592–5551234", "5925551234"), ("010 8888 8888", "1088888888"), ("5551234", "5551234"),
        ("86123456", "86123456"), ("+852 9123 4567", "+85291234567"),
        ("00852-91234567", "+85291234567"), ("  13800000001 ", "13800000001"),
    ])
    func `a telephone number has one form`(text: String, form: String) throws {
        #expect(Telephone.normalForm(text) == form)
        for (type, place) in Self.places {
            #expect(try Golden.error(type, [place + "phone": text]) == nil, "\(type)")
        }
    }

    @Test(arguments: [
        "12345", "+86 12345", "1380000000a", "电话13800000001", "1234567890123456",
        "+1234567890123456",
        "138+00000001", "---", "13800000001@qq", "138/00000001",
    ])
    func `what cannot be a telephone number is refused where it stands`(text: String) throws {
        #expect(Telephone.normalForm(text) == nil)
        for (type, place) in Self.places {
            let error = try #require(try Golden.error(type, [place + "phone": text]), "\(type)")
            #expect(error.pointer == place + "phone")
            #expect(error.expected.hasPrefix("a telephone number"))
        }
    }
}
