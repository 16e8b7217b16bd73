/// The facts that say who lives where and with whom, in which category, and is a member of what. Funding, events and reporting
/// take in all of them.
public enum PeopleFacts {
    /// They bring newcomers. An import is mostly these.
    public static let registrations: [any PeopleFact.Type] = [
        HouseholdRegistered.self, PersonRegistered.self,
    ]

    /// They bring no news of a person's life.
    public static let papers: [any PeopleFact.Type] = [
        CategoryAsserted.self, CategoryVerified.self, CategoryEnded.self, CategoryRevoked.self,
        CategoryCorrected.self, MemberEnrolled.self, MemberLeft.self, MemberCorrected.self,
        MemberVoided.self,
    ]

    /// They change persons and households, so each of them can be the first that tells of a death, merge or erasure.
    public static let lives: [any PeopleFact.Type] = [
        PersonMoved.self, MoveVoided.self, HouseholdMoved.self, HouseholdDissolved.self,
        HouseholdRestored.self, PersonDied.self,
        DeathCorrected.self, DeathVoided.self, PersonsMerged.self, PersonsUnmerged.self,
        PersonErased.self, PersonCorrected.self,
    ]

    public static let all: [any PeopleFact.Type] = registrations + papers + lives
}
