import Messages
import ServiceKit

/// What an office has to decide after an event in a person's life, because nothing follows from it by itself.
enum LifeTasks {
    /// A child who has died leaves `only_child` open, and nothing says `bereaved` yet: both need evidence.
    static func died(_ person: Person, _ people: People, _ unit: UnitOfWork) throws {}
}
