import Foundation
import Support
import Testing

@testable import Registry

/// Names are found however they are written.
@Suite struct RegistryLookupFormTests {
    @Test(arguments: [
        ["陈小明", "陈 小明", " 陈　小 明 ", "陈小明\u{200D}"],
        [
            "阿不都·热合曼", "阿不都・热合曼", "阿不都•热合曼", "阿不都‧热合曼", "阿不都．热合曼", "阿不都.热合曼", "阿不都･热合曼",
            "阿不都 · 热合曼", "阿不都热合曼", "阿不都 热合曼", "阿不都\u{2E31}热合曼", "阿不都\u{0387}热合曼",
        ],
        ["Maria J. Smith", "maria  j.smith", "ＭＡＲＩＡ　Ｊ．ＳＭＩＴＨ", "Maria J Smith", "Maria·J·Smith"],
        [
            "O'Neil", "O’Neil", "O‘Neil", "O＇Neil", "O´Neil", "O`Neil", "O｀Neil", "O\u{02BC}Neil",
            "O\u{2032}Neil", "Ｏ’ＮＥＩＬ", "o' neil",
        ],
        [
            "Jean-Luc", "Jean\u{2010}Luc", "Jean\u{2011}Luc", "Jean\u{2012}Luc", "Jean–Luc",
            "Jean—Luc", "Jean\u{2212}Luc", "Jean－Luc", "Jean\u{FE63}Luc", "Jean - Luc",
            "ＪＥＡＮ－ＬＵＣ",
        ],
        ["ｱﾘ ﾊｻﾝ", "アリ ハサン", "アリ・ハサン", "ｱﾘ･ﾊｻﾝ"],
        ["示例人1", "示例人１", "示例人 1"], ["神田", "神\u{FE00}田", "\u{FA19}田"],
        ["ﻣﻮﻣﯩﻦ", "مومىن"], ["José", "Jose\u{301}"],
    ])
    func `ways to write one name have one form`(names: [String]) {
        let forms = Set(names.map { LookupField.name.form(of: $0) })
        #expect(forms.count == 1, "\(forms)")
    }

    @Test(arguments: [
        ["陈小明", "陈小名"], ["Maria Smith", "MariaSmith"], ["阿不都·热合曼", "阿不都·热合買"], ["示例人1", "示例人11"],
        ["O'Neil", "ONeil", "O Neil"], ["Jean-Luc", "JeanLuc", "Jean Luc"], ["José", "Jose"],
    ])
    func `names that differ stay apart`(names: [String]) {
        #expect(Set(names.map { LookupField.name.form(of: $0) }).count == names.count)
    }

    @Test func `what is stored is as it was written, without the blanks around it`() {
        let data = PersonalData(name: " Maria  J．Smith\n", phone: "+86 138 0000 0001 ")
        #expect(data.name == "Maria  J．Smith")
        #expect(data.phone == "+86 138 0000 0001")
    }
}
