extension SendingRight {
    static let funding =
        fundsAndLoans + insurance + grants + queries
        + [
            SendingRight(ReceiveDonation.self, touches: "/territory", "/fund", "/campaign"),
            SendingRight(ReceiptDonation.self, touches: "/donation"),
            SendingRight(
                AllocateDonation.self, actor: true, touches: "/donation", "/lines/-/fund"),
            SendingRight(RefundDonation.self, actor: true, touches: "/donation"),
            // Names of campaigns are the district's, and donors hold it to what it said once.
            SendingRight(
                RestrictCampaign.self, .district, .irreversible, touches: "/campaign", "/territory"),
            SendingRight(ReceiveGoods.self, touches: "/place/territory", "/place/site"),
            SendingRight(DefineKit.self, .district, touches: "/kit"),
            SendingRight(KitGoods.self, touches: "/place/territory", "/place/site"),
            SendingRight(
                IssueGoods.self, touches: "/place/territory", "/place/site", "/recipient/id"),
            SendingRight(ReturnGoods.self, touches: "/issue"),
            SendingRight(WriteOffGoods.self, touches: "/place/territory", "/place/site"),
            SendingRight(OrderHomeService.self, touches: "/household"),
            SendingRight(CompleteHomeService.self, touches: "/order"),
            SendingRight(CancelHomeService.self, touches: "/order"),
            SendingRight(ListFundingTasks.self, touches: "/within", "/after"),
            SendingRight(SettleFundingTask.self, actor: true, touches: "/task"),
            SendingRight(GetFundingHistory.self, touches: "/record", "/after"),
        ]

    private static let fundsAndLoans = [
        SendingRight(OpenFund.self, touches: "/territory"),
        SendingRight(DepositToFund.self, touches: "/fund"),
        SendingRight(
            ApplyForLoan.self, actor: true, touches: "/fund", "/borrower"),
        SendingRight(EndorseLoan.self, actor: true, touches: "/loan"),
        SendingRight(ApproveLoan.self, actor: true, touches: "/loan"),
        SendingRight(RejectLoan.self, actor: true, touches: "/loan"),
        SendingRight(WithdrawLoan.self, touches: "/loan"),
        SendingRight(DisburseLoan.self, touches: "/loan"),
        SendingRight(RepayLoan.self, touches: "/loan"),
        SendingRight(WriteOffLoan.self, actor: true, touches: "/loan"),
        SendingRight(AgeLoans.self, touches: "/fund"),
        SendingRight(DefineLoanRule.self, .district, touches: "/programme"),
        SendingRight(ReverseTransfer.self, actor: true, touches: "/transfer"),
    ]

    private static let insurance = [
        SendingRight(DefineProduct.self, .district, touches: "/product"),
        SendingRight(OpenEnrolment.self, touches: "/territory", "/product", "/fund"),
        SendingRight(FreezeEnrolment.self, touches: "/run"),
        SendingRight(EvaluateEnrolment.self, touches: "/run"),
        SendingRight(ApproveEnrolment.self, actor: true, touches: "/run"),
        SendingRight(SubmitEnrolment.self, touches: "/run"),
        SendingRight(ReconcileEnrolment.self, touches: "/run"),
        SendingRight(TerminatePolicy.self, actor: true, touches: "/run", "/insured"),
        SendingRight(FileClaim.self, touches: "/run", "/insured"),
        SendingRight(DecideClaim.self, actor: true, touches: "/claim"),
        SendingRight(PayClaim.self, touches: "/claim"),
        SendingRight(DefineEligibility.self, .district, touches: "/rule"),
    ]

    private static let grants = [
        SendingRight(AllotBudget.self, actor: true, touches: "/fund", "/budget"),
        SendingRight(
            RequestGrant.self, actor: true, touches: "/budget", "/household"),
        SendingRight(EndorseGrant.self, actor: true, touches: "/grant"),
        SendingRight(ApproveGrant.self, actor: true, touches: "/grant"),
        SendingRight(RejectGrant.self, actor: true, touches: "/grant"),
        SendingRight(PayGrant.self, touches: "/grant"),
        SendingRight(AcknowledgeGrant.self, touches: "/grant"),
        SendingRight(ReturnGrant.self, touches: "/grant"),
    ]

    private static let queries = [
        SendingRight(GetLoan.self, touches: "/loan", "/after"),
        SendingRight(ListLoans.self, touches: "/territory", "/borrower", "/fund", "/after"),
        SendingRight(ListPolicies.self, touches: "/subject", "/within", "/after"),
        SendingRight(ListGrants.self, touches: "/territory", "/household", "/after"),
        SendingRight(GetFund.self, touches: "/fund", "/after"),
        SendingRight(ListDecisions.self, touches: "/territory"),
        SendingRight(ListEnrolment.self, touches: "/run", "/within", "/after"),
    ]
}
