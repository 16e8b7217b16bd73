import Messages

/// The months with bulletins, the newest first.
struct BulletinListPage {
    /// Months listed at most, beside those with editions.
    private static let limit = 240

    let months: [Month]

    struct Month {
        let name: String
        let href: String
        let editions: [BulletinEditionLink]
        let hasEditions: Bool
    }

    static func read(_ request: PageRequest, _ source: PageSource) throws -> PageContent {
        let editions = Dictionary(
            grouping: try BulletinEdition.all(of: nil, source.read), by: \.period)
        var months = Set(editions.keys)
        if let bounds = source.months {
            var month = bounds.upperBound
            for _ in 0..<limit where month >= bounds.lowerBound {
                if case .of(let period) = PagePeriod.month(month.month, of: month.year) {
                    months.insert(period)
                }
                month = PagePeriod.before(month)
            }
        }
        let language = source.language
        let model = BulletinListPage(
            months: months.sorted { $0.start > $1.start }.map { month in
                let editions = editions[month] ?? []
                return Month(
                    name: PagePeriod.of(month).name[language],
                    href: request.with(page: .bulletin(month, edition: nil)).address,
                    editions: editions.map {
                        BulletinEditionLink(
                            $0, isNewest: $0.edition == editions.first?.edition, request)
                    }, hasEditions: !editions.isEmpty)
            })
        return PageContent(
            title: Words.bulletin[language], template: "bulletins", model: model,
            hasPeriods: false)
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        <p class="lead">\(t(.bulletinsLead))</p>
        <table><caption class="hidden">\(t(.bulletin))</caption>
        <thead><tr><th scope="col">\(t(.month))</th><th scope="col">\(t(.editions))</th></tr></thead>
        <tbody>{{#months}}<tr><th scope="row"><a href="{{href}}">{{name}}</a></th>\
        <td>{{#hasEditions}}{{#editions}}<a href="{{href}}">{{text}}</a> {{/editions}}{{/hasEditions}}\
        {{^hasEditions}}\(t(.noEdition)){{/hasEditions}}</td></tr>
        {{/months}}</tbody></table>
        """
    }
}

extension PagePeriod {
    /// The first day of the month before that of a day.
    fileprivate static func before(_ day: BusinessDate) -> BusinessDate {
        let last = day.adding(days: -day.dayOfMonth)
        return last.adding(days: 1 - last.dayOfMonth)
    }
}
