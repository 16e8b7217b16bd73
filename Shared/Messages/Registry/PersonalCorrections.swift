/// What can be corrected of a person.
public enum PersonField: String, WireEnum {
    case name, phone
    case birthDate = "birth_date"
    case sex
    case residentID = "resident_id"
}

/// Corrects what was registered of a person. At least one field is given; the others stay.
public struct CorrectPerson: Command {
    public static let type = "registry.person.correct.v1"

    public var person: PersonID
    public var name: String?
    public var phone: String?
    /// True if the registered phone number is removed.
    public var withoutPhone: Bool?
    /// It agrees with the numbers of the person's papers.
    public var birthDate: BusinessDate?
    /// It agrees with the numbers of the person's papers.
    public var sex: Sex?
    /// The person's only resident id from then on. Those before were wrong, and find nobody any more. A verified person is
    /// verified again.
    public var residentId: ResidentID?
    public var correctedOn: BusinessDate
    /// Free text; stays in registry.
    public var reason: String
    /// The id of the membership as staff member or officer of whoever decides. It is active on that day.
    public var actor: Actor

    public init(
        person: PersonID, name: String? = nil, phone: String? = nil, withoutPhone: Bool? = nil,
        birthDate: BusinessDate? = nil, sex: Sex? = nil, residentId: ResidentID? = nil,
        correctedOn: BusinessDate, reason: String, actor: Actor
    ) {
        self.person = person
        self.name = name
        self.phone = phone
        self.withoutPhone = withoutPhone
        self.birthDate = birthDate
        self.sex = sex
        self.residentId = residentId
        self.correctedOn = correctedOn
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(correctedOn, "correctedOn")
        checks.born(residentId, "residentId")
        checks.day(birthDate, "birthDate", .birth)
        checks.name(name, "name")
        checks.telephone(phone, "phone")
        checks.text(reason, "reason", TextLimit.reason)
        checks.require(
            phone == nil || withoutPhone != true, "withoutPhone", "false, or no phone number")
        if let residentId {
            checks.require(
                birthDate == nil || birthDate == residentId.birthDate, "birthDate",
                "the birth date that the resident id says, or none")
            checks.require(
                sex == nil || sex == residentId.sex, "sex",
                "the sex that the resident id says, or none")
        }
        let isEmpty =
            name == nil && phone == nil && withoutPhone != true && birthDate == nil && sex == nil
            && residentId == nil
        checks.require(!isEmpty, "", "something to correct")
    }
}

/// What was registered of a person was corrected. Without name, papers or phone number.
public struct PersonCorrected: PeopleFact {
    public static let type = "registry.person.corrected.v1"

    public var person: PersonID
    public var territory: TerritoryCode
    /// The fields that changed.
    public var fields: [PersonField]
    /// From then on.
    public var birthDate: BusinessDate
    /// From then on.
    public var sex: Sex
    /// `provisional` for somebody who is to be verified again.
    public var standing: PersonStanding
    public var correctedOn: BusinessDate
    public var actor: Actor
    /// What registry holds of the person, after it.
    public var records: PeopleRecords?

    public init(
        person: PersonID, territory: TerritoryCode, fields: [PersonField],
        birthDate: BusinessDate, sex: Sex, standing: PersonStanding, correctedOn: BusinessDate,
        actor: Actor, records: PeopleRecords? = nil
    ) {
        self.person = person
        self.territory = territory
        self.fields = fields
        self.birthDate = birthDate
        self.sex = sex
        self.standing = standing
        self.correctedOn = correctedOn
        self.actor = actor
        self.records = records
    }
}
