import ServiceKit

/// What a step does to a state: leads to another one, or cannot be taken from this one.
enum Transition<State: Sendable>: Sendable {
    case to(State)
    case refused(RefusalCode)
}
