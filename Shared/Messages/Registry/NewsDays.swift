// The days of steps by which registry's picture of a life changes. What is to be done about it is demanded since then.

extension PersonMoved { public var newsOn: BusinessDate? { movedOn } }
extension MoveVoided { public var newsOn: BusinessDate? { voidedOn } }
extension HouseholdMoved { public var newsOn: BusinessDate? { movedOn } }
extension HouseholdDissolved { public var newsOn: BusinessDate? { dissolvedOn } }
extension HouseholdRestored { public var newsOn: BusinessDate? { restoredOn } }
extension PersonDied { public var newsOn: BusinessDate? { diedOn } }
extension DeathCorrected { public var newsOn: BusinessDate? { correctedOn } }
extension DeathVoided { public var newsOn: BusinessDate? { voidedOn } }
extension PersonsMerged { public var newsOn: BusinessDate? { mergedOn } }
extension PersonsUnmerged { public var newsOn: BusinessDate? { unmergedOn } }
extension PersonErased { public var newsOn: BusinessDate? { erasedOn } }
extension PersonCorrected { public var newsOn: BusinessDate? { correctedOn } }
