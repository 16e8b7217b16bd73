import Postgres
import ServiceKit

/// The datasets: each measure belongs to one.
enum Dataset: String, CaseIterable, PostgresValue {
    case families, funding, activities

    var name: Words {
        switch self {
        case .families: Words("家庭", "Families")
        case .funding: Words("资金", "Funding")
        case .activities: Words("活动", "Activities")
        }
    }
}
