import Foundation
import ServiceKit
import Testing

@Suite("Text that somebody else wrote")
struct ForeignTextTests {
    @Test(arguments: [
        ("\u{1B}[2J\u{7}", "\\u001b[2J\\u0007"), ("a\rb", "a\\u000db"),
        ("a\nb\t", "a\\u000ab\\u0009"),
        ("\u{9B}31m", "\\u009b31m"), ("\u{202E}cod.exe", "\\u202ecod.exe"),
        ("\u{E0041}", "\\udb40\\udc41"), ("\u{2066}x\u{2069}", "\\u2066x\\u2069"),
    ])
    func `What a terminal would act on is shown as its code`(text: String, shown: String) {
        #expect(ForeignText.visible(text) == shown)
    }

    @Test(arguments: ["暖心 é", "one-yuan", "“引号” 🏠", "שלום", ""])
    func `Other text stays as it is`(text: String) {
        #expect(ForeignText.visible(text) == text)
    }

    @Test func `A JSON document says the same as before`() throws {
        let value = ["name": "\u{202E}陈\u{200D}\u{E0041}"]
        let document = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        let shown = ForeignText.visible(document, lines: true)
        #expect(shown != document)
        #expect(try JSONDecoder().decode([String: String].self, from: Data(shown.utf8)) == value)
    }

    @Test func `Text from right to left does not turn the page around it`() {
        #expect(ForeignText.isolated("שלום") == "\u{2068}שלום\u{2069}")
        #expect(ForeignText.isolated("\u{202E}xyz") == "\\u202exyz")
        #expect(ForeignText.isolated("一元捐") == "一元捐")
    }

    @Test(arguments: [
        ("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""),
        ("+1+2", "'+1+2"), ("-1+2", "'-1+2"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"),
        ("\rx", "\"'\rx\""), ("＝1+1", "'＝1+1"), ("-", "'-"),
    ])
    func `A spreadsheet takes no text for a formula`(text: String, field: String) {
        #expect(CSVField.text(text) == field)
    }

    @Test(arguments: [
        ("-5", "-5"), ("1710000", "1710000"), ("-12.50", "-12.50"), ("one-yuan", "one-yuan"),
        ("a,b", "\"a,b\""), ("a\r\nb", "\"a\r\nb\""), ("", ""),
    ])
    func `Numbers and other texts stay as they are`(text: String, field: String) {
        #expect(CSVField.text(text) == field)
    }
}
