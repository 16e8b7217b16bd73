extension Array {
    /// Slices in order, cut wherever `belongs` says that two neighbours do not belong together.
    func chunked(_ belongs: (Element, Element) -> Bool) -> [ArraySlice<Element>] {
        var slices: [ArraySlice<Element>] = []
        var start = startIndex
        for index in indices.dropFirst() where !belongs(self[index - 1], self[index]) {
            slices.append(self[start..<index])
            start = index
        }
        if start < endIndex { slices.append(self[start...]) }
        return slices
    }
}
