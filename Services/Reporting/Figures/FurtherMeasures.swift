import ServiceKit

extension Measures {
    static let furtherMigration = Migration(
        "0013_further_measures",
        """
        INSERT INTO measure (name, dataset, source, reads, is_stock, unit, dimension) VALUES
        ('site_tiers', 'families', 'site_tier', 'times', false, 'tier', 'kind'),
        ('site_rule_sets', 'families', 'site_rule_set', 'times', false, 'rule set', 'kind'),
        ('site_themes', 'families', 'site_theme', 'times', false, 'theme', 'kind'),
        ('members_active', 'families', 'membership', 'times', true, 'member', 'role'),

        ('loans_fell_overdue', 'funding', 'overdue', 'times', false, 'loan', NULL),
        ('capital_fell_overdue_fen', 'funding', 'overdue', 'amount', false, 'fen', NULL),
        ('loans_caught_up', 'funding', 'caught_up', 'times', false, 'loan', NULL),
        ('loans_expired', 'funding', 'expiry', 'times', false, 'loan', NULL),
        ('donations_allocated_fen', 'funding', 'allocation', 'amount', false, 'fen', NULL),
        ('donations_refunded_fen', 'funding', 'refund', 'amount', false, 'fen', 'campaign'),

        ('grants_paid', 'funding', 'grant', 'times', false, 'grant', 'kind'),
        ('grants_paid_fen', 'funding', 'grant', 'amount', false, 'fen', 'kind'),
        ('families_granted', 'funding', 'grant', 'subjects', false, 'family', 'kind'),
        ('grants_returned_fen', 'funding', 'grant_return', 'amount', false, 'fen', 'kind'),
        ('programme_spending_fen', 'funding', 'spending', 'amount', false, 'fen', NULL),
        ('all_programme_spending_fen', 'funding', 'all_spending', 'amount', false, 'fen',
         'programme'),

        ('insured_persons', 'funding', 'supplement', 'times', false, 'person', 'basis'),
        ('supplement_paid_fen', 'funding', 'supplement', 'amount', false, 'fen', 'basis'),
        ('supplement_min_fen', 'funding', 'supplement_premium', 'smallest', false, 'fen', 'basis'),
        ('supplement_max_fen', 'funding', 'supplement_premium', 'largest', false, 'fen', 'basis'),
        ('policies_terminated', 'funding', 'termination', 'times', false, 'policy', 'basis'),
        ('premium_returned_fen', 'funding', 'termination', 'amount', false, 'fen', 'basis'),
        ('claims_paid', 'funding', 'claim', 'times', false, 'claim', NULL),
        ('claims_paid_fen', 'funding', 'claim', 'amount', false, 'fen', NULL),

        ('goods_issued', 'funding', 'goods', 'times', false, 'piece', 'item'),
        ('families_supplied', 'funding', 'goods', 'amount', false, 'family', 'item'),
        ('households_supplied', 'funding', 'goods', 'subjects', false, 'household', 'item'),
        ('home_services', 'funding', 'home_service', 'times', false, 'visit', 'service'),
        ('households_served', 'funding', 'home_service', 'subjects', false, 'household',
         'service'),

        ('parent_child_pairs', 'activities', 'pair', 'times', false, 'pair', 'kind'),
        ('household_times', 'activities', 'household_attendance', 'times', false,
         'household-time', 'kind'),
        ('attending_households', 'activities', 'household_attendance', 'subjects', false,
         'household', 'kind'),
        ('followers', 'activities', 'followers', 'times', true, 'follower', 'channel'),
        ('viewers', 'activities', 'viewers', 'times', true, 'viewer', 'channel'),
        ('viewer_households', 'activities', 'viewer_households', 'times', true, 'household',
         'channel'),
        ('duty_posts', 'activities', 'duty_post', 'times', true, 'post', 'kind'),
        ('shifts_completed', 'activities', 'shift', 'times', false, 'shift', 'role'),
        ('persons_on_duty', 'activities', 'shift', 'subjects', false, 'person', 'role'),
        ('shifts_missed', 'activities', 'missed_shift', 'times', false, 'shift', 'role'),
        ('volunteer_households', 'activities', 'household_shift', 'subjects', false, 'household',
         NULL),
        ('most_shifts_of_a_household', 'activities', 'household_shift', 'most', false, 'shift',
         NULL),
        ('materials_printed', 'activities', 'printing', 'times', false, 'copy', 'kind'),
        ('materials_distributed', 'activities', 'distribution', 'times', false, 'copy', 'kind'),
        ('casework_person_times', 'activities', 'casework', 'times', false, 'person-time', 'kind'),
        ('casework_persons', 'activities', 'casework', 'subjects', false, 'person', 'kind');
        """)
}
