internal import ServiceKit

/// Prints a text. Whatever of it somebody else wrote, the terminal does nothing but show it: control
/// characters are written as `\u001b`. All programs for operators print by this function.
public func say(_ text: some CustomStringConvertible, terminator: String = "\n") {
    print(ForeignText.visible("\(text)", lines: true), terminator: terminator)
}
