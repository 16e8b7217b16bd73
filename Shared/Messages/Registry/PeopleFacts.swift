/// The facts that say who lives where and with whom, in which category, and is a member of what. Funding and events take in
/// all of them.
public enum PeopleFacts {
    /// They bring newcomers. An import is mostly these.
    public static let registrations: [any PeopleFact.Type] = [
        HouseholdRegistered.self, PersonRegistered.self,
    ]

    /// They bring no news of a person's life.
    public static let papers: [any PeopleFact.Type] = [
        CategoryAsserted.self, CategoryVerified.self, CategoryEnded.self, CategoryRevoked.self,
        MemberEnrolled.self, MemberLeft.self,
    ]

    /// They change persons and households, so each of them can be the first that tells of a death, merge or erasure.
    public static let lives: [any PeopleFact.Type] = [
        PersonMoved.self, HouseholdMoved.self, PersonDied.self, PersonsMerged.self,
        PersonErased.self,
    ]

    public static let all: [any PeopleFact.Type] = registrations + papers + lives
}
