import Foundation

/// What would be right, in Chinese, where a service says it by a bound. Other texts stay as the service says them.
enum ExpectedWords {
    static func chinese(_ text: String) -> String {
        for (pattern, words) in patterns {
            let parts = text.matching(pattern)
            guard let parts else { continue }
            return zip(words, parts + [""]).map { $0 + $1 }.joined()
        }
        return text
    }

    /// What stands around the values, and what stands around them in Chinese. Longer ones stand first.
    private static let patterns: [(english: [String], chinese: [String])] = [
        (["", " to ", " characters, not only blanks"], ["", " 至 ", " 个字符，不能只有空白"]),
        (["", " to ", " characters"], ["", " 至 ", " 个字符"]),
        (["", " to ", " items"], ["", " 至 ", " 项"]),
        (["an integer from ", " to ", ""], ["", " 至 ", " 的整数"]),
        (["an amount in fen from ", " to ", ""], ["", " 至 ", " 分的金额"]),
        (["a year from ", " to ", ""], ["", " 至 ", " 年"]),
        (["a date YYYY-MM-DD from ", " to ", ""], ["日期 YYYY-MM-DD，", " 至 ", ""]),
        (["a date from ", " to ", ""], ["", " 至 ", " 的日期"]),
        (["a date from ", " on"], ["", " 或以后的日期"]),
        (["a time from ", " to ", ""], ["", " 至 ", " 的时间"]),
        (["an integer"], ["整数"]), (["a number"], ["数"]), (["a string"], ["字符串"]),
        (["an array"], ["数组"]), (["an object"], ["对象"]),
    ]
}

extension String {
    /// The values that stand between these texts; nil if it is of another form. A value is one word.
    fileprivate func matching(_ texts: [String]) -> [String]? {
        var (rest, values) = (self[...], [String]())
        for (index, text) in texts.enumerated() {
            if index == 0 {
                guard rest.hasPrefix(text) else { return nil }
                rest.removeFirst(text.count)
                continue
            }
            let isLast = index == texts.count - 1
            guard isLast ? rest.hasSuffix(text) : true else { return nil }
            let value: Substring
            if isLast {
                value = rest.dropLast(text.count)
                rest = ""
            } else {
                guard let range = rest.range(of: text) else { return nil }
                value = rest[..<range.lowerBound]
                rest = rest[range.upperBound...]
            }
            guard !value.isEmpty, !value.contains(" ") else { return nil }
            values.append(String(value))
        }
        return rest.isEmpty ? values : nil
    }
}
