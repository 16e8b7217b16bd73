import Foundation
import Messages
import Testing

@Suite("Commands that put right what was recorded")
struct CorrectionTests {
    /// Those for attendances and headcounts are older: their actors are optional, and their reasons before the session has closed.
    static let older = [CorrectAttendance.type, CorrectHeadcount.type]

    /// And the dismissals of tasks.
    static let corrections = SendingRight.all.filter {
        $0.hasActor && !$0.type.hasPrefix("funding.") && !older.contains($0.type)
    }.map(\.type)

    @Test(arguments: corrections)
    func `Each says who decides it`(_ type: String) throws {
        let error = try Golden.error(type, ["/data/actor": nil])
        #expect(error?.code == "missing_field")
        #expect(error?.pointer == "/data/actor")
    }

    /// A further paper puts nothing right.
    @Test(arguments: corrections.filter { $0 != RecordPaper.type })
    func `Each says why`(_ type: String) throws {
        let error = try Golden.error(type, ["/data/reason": nil])
        #expect(error?.code == "missing_field")
        #expect(error?.pointer == "/data/reason")
    }

    @Test(arguments: [
        CategoryCorrected.type, ConsentVoided.type, DeathCorrected.type, DeathVoided.type,
        MemberCorrected.type, MemberVoided.type, MoveVoided.type, PaperRecorded.type,
        PaperWithdrawn.type, PersonCorrected.type, PersonsUnmerged.type, SiteCorrected.type,
        SiteReopened.type, CaseworkCorrected.type, CaseworkVoided.type,
        DistributionCorrected.type, DistributionVoided.type, PrintingCorrected.type,
        PrintingVoided.type, ReachCorrected.type, ReachVoided.type, RegistrationCorrected.type,
        RegistrationRestored.type, SessionCorrected.type, SessionMoved.type,
        SessionReopened.type, SessionResized.type, ShiftCorrected.type, ShiftExcused.type,
        ShiftReopened.type,
    ])
    func `Each fact that answers one says who has decided it`(_ type: String) throws {
        let error = try Golden.error(type, ["/data/actor": nil])
        #expect(error?.code == "missing_field")
        #expect(error?.pointer == "/data/actor")
    }

    @Test(arguments: older + [AttendanceCorrected.type, HeadcountCorrected.type])
    func `Those for attendances and headcounts need no actor`(_ type: String) throws {
        #expect(try Golden.error(type, ["/data/actor": nil]) == nil)
    }

    @Test func `A shift that ends by a death or an erasure was cancelled by nobody`() throws {
        #expect(try Golden.error(ShiftCancelled.type, ["/data/actor": nil]) == nil)
    }
}
