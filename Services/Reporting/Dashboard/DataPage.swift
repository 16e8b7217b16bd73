import Messages
import ServiceKit

/// Downloads of the figures, and the measures.
struct DataPage {
    let datasets: [Download]
    let measures: [MeasureRow]

    struct Download {
        let name: String
        let code: String
        let seq: Int64
        let cells: Int64
        let epoch: Int64
        let digest: String
    }

    struct MeasureRow {
        let code: String
        let name: String
        let dataset: String
        let unit: String
        let kind: String
        let additive: String
    }

    static func read(_ request: PageRequest, _ source: PageSource) throws -> PageContent {
        let language = source.language
        let model = DataPage(
            datasets: source.states.compactMap { state in
                Dataset(rawValue: state.name).map {
                    Download(
                        name: $0.name[language], code: state.name, seq: state.seq,
                        cells: state.cells, epoch: state.epoch,
                        digest: state.digest.description)
                }
            },
            measures: source.measures.all.map { info in
                MeasureRow(
                    code: info.name, name: info.words[language],
                    dataset: info.dataset.name[language],
                    unit: info.unit == .fen
                        ? Words("分", "fen (CNY 0.01)")[language]
                        : info.unit.words[language],
                    kind: (info.isStock ? Words.stock : Words.flow)[language],
                    additive: (info.isAdditive ? Words.yes : Words.no)[language])
            })
        return PageContent(
            title: Words.data[language], template: "data", model: model, hasPeriods: false)
    }

    static let template: @Sendable (PageTemplates.Texts) -> String = { t in
        """
        <p class="lead">\(t(.dataLead))</p>
        <div class="scroll" role="region" tabindex="0" aria-label="\(t(.data))"><table><caption class="hidden">\(t(.data))</caption>
        <thead><tr><th scope="col">\(t(.dataset))</th><th scope="col">\(t(.snapshot))</th><th scope="col">\(t(.dictionary))</th>\
        <th scope="col" class="number">\(t(.cells))</th><th scope="col" class="number">\(t(.position))</th>\
        <th scope="col" class="number">\(t(.epoch))</th></tr></thead>
        <tbody>{{#datasets}}<tr><th scope="row">{{name}}</th>\
        <td><a href="/v1/datasets/{{code}}/snapshot?format=csv" download="{{code}}.csv">CSV<span class="hidden"> {{name}}</span></a> \
        <a href="/v1/datasets/{{code}}/snapshot?format=ndjson" download="{{code}}.ndjson">NDJSON<span class="hidden"> {{name}}</span></a></td>\
        <td><a href="/v1/datasets/{{code}}/dictionary">JSON<span class="hidden"> {{name}}</span></a></td>\
        <td class="number">{{cells}}</td><td class="number">{{seq}}</td><td class="number">{{epoch}}</td></tr>
        {{/datasets}}</tbody></table></div>
        <section aria-labelledby="measures"><h2 id="measures">\(t(.measures))</h2>
        <p class="note">\(t(.kinds))</p>
        <div class="scroll" role="region" tabindex="0" aria-label="\(t(.measures))"><table><caption class="hidden">\(t(.measures))</caption>
        <thead><tr><th scope="col">\(t(.figure))</th><th scope="col">\(t(.code))</th><th scope="col">\(t(.dataset))</th>\
        <th scope="col">\(t(.unit))</th><th scope="col">\(t(.kind))</th><th scope="col">\(t(.additive))</th></tr></thead>
        <tbody>{{#measures}}<tr><th scope="row">{{name}}</th><td><code>{{code}}</code></td><td>{{dataset}}</td><td>{{unit}}</td>\
        <td>{{kind}}</td><td>{{additive}}</td></tr>
        {{/measures}}</tbody></table></div></section>
        """
    }
}
