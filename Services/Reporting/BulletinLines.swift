import ServiceKit

/// Each line has its territory and period. `0028_bulletin_data` empties the table.
extension Bulletin {
    static let wholeMigration = Migration(
        contracting: "0014_whole_bulletin",
        """
        DROP VIEW bulletin;
        DELETE FROM bulletin_line;
        ALTER TABLE bulletin_line
            ADD COLUMN territory text COLLATE "C" NOT NULL DEFAULT '350203',
            ADD COLUMN span      span NOT NULL DEFAULT 'all',
            ADD COLUMN start     date NOT NULL DEFAULT '1900-01-01',
            ADD CHECK (start = span_start(span, start));

        INSERT INTO bulletin_line (number, name_zh, name_en, measure, programme, dimension) VALUES
        (1, '幸福工程滚动投放资金', 'Happiness Project, rolling capital lent',
         'capital_lent_fen', 'happiness-project', ''),
        (2, '幸福工程借款人数', 'Happiness Project, borrowers',
         'borrowers', 'happiness-project', ''),
        (3, '单笔借款最低', 'Smallest principal', 'principal_min_fen', 'happiness-project', ''),
        (4, '单笔借款最高', 'Largest principal', 'principal_max_fen', 'happiness-project', ''),
        (5, '慰问和助学金', 'Grants paid, condolence and tuition',
         'grants_paid_fen', 'family-grants', ''),
        (6, '其中：慰问', 'of them condolence', 'grants_paid_fen', 'family-grants', 'condolence'),
        (7, '其中：助学', 'of them tuition', 'grants_paid_fen', 'family-grants', 'tuition'),
        (8, '意外伤害险保费', 'Accident insurance, premium paid',
         'premium_paid_fen', 'accident-insurance', ''),
        (9, '意外伤害险参保家庭', 'Accident insurance, insured households',
         'insured_households', 'accident-insurance', ''),
        (10, '其中：父母51至65周岁独生子女家庭', 'of them only-child households, parents 51–65',
         'insured_households', 'accident-insurance', 'only_child_parents'),
        (11, '其中：计生特殊家庭', 'of them special families',
         'insured_households', 'accident-insurance', 'special_family'),
        (12, '其中：低保家庭', 'of them low-security households',
         'insured_households', 'accident-insurance', 'low_security'),
        (13, '其中：低收入家庭', 'of them low-income households',
         'insured_households', 'accident-insurance', 'low_income'),
        (14, '住院护理津贴险每人保费', 'Nursing supplement, for each bereaved person aged 49 or over',
         'supplement_max_fen', 'nursing-supplement', ''),
        (15, '住院护理津贴险参保人数', 'Nursing supplement, insured persons',
         'insured_persons', 'nursing-supplement', ''),
        (16, '暖心家园、暖心家政、暖心关爱经费', 'Warm Home, Warm Housekeeping, Warm Care, spent',
         'all_programme_spending_fen', '', ''),
        (17, '其中：暖心家园', 'of it Warm Home', 'all_programme_spending_fen', '', 'warm-home'),
        (18, '其中：暖心家政', 'of it Warm Housekeeping',
         'all_programme_spending_fen', '', 'warm-housekeeping'),
        (19, '其中：暖心关爱', 'of it Warm Care', 'all_programme_spending_fen', '', 'warm-care'),
        (20, '一元捐笔数', 'One-Yuan Donation, donations', 'donations', 'one-yuan-donation', ''),
        (21, '一元捐最大一笔', 'One-Yuan Donation, largest',
         'donation_max_fen', 'one-yuan-donation', ''),
        (22, '一元捐最小一笔', 'One-Yuan Donation, smallest',
         'donation_min_fen', 'one-yuan-donation', ''),
        (23, '一元捐总额', 'One-Yuan Donation, sum', 'donations_fen', 'one-yuan-donation', ''),
        (24, '暖心家园活动场次', 'Warm Home, activities held',
         'sessions_held', 'warm-home', 'activity'),
        (25, '暖心家园茶话会场次', 'Warm Home, tea talks held',
         'sessions_held', 'warm-home', 'tea_talk'),
        (26, '暖心家园参加人次', 'Warm Home, person-times',
         'attendance_person_times', 'warm-home', ''),
        (27, '暖心家政入户服务次数', 'Warm Housekeeping, cleaning visits',
         'home_services', 'warm-housekeeping', ''),
        (32, '早教宣传折页发放', 'Early childhood, leaflets issued',
         'materials_distributed', 'early-childhood', 'leaflet'),
        (33, '早教讲座场次', 'Early childhood, lectures',
         'sessions_held', 'early-childhood', 'lecture'),
        (34, '早教户外亲子活动场次', 'Early childhood, outdoor family sessions',
         'sessions_held', 'early-childhood', 'outdoor'),
        (35, '早教课程场次', 'Early childhood, class sessions',
         'sessions_held', 'early-childhood', 'class'),
        (36, '早教个性化服务人次', 'Early childhood, individual services',
         'casework_person_times', 'early-childhood', ''),
        (37, '早教线上关注人数', 'Early childhood, online followers',
         'followers', 'early-childhood', ''),
        (38, '云课堂直播场次', 'Cloud classroom, live streams',
         'sessions_held', 'cloud-classroom', 'live_stream'),
        (39, '云课堂观看家庭', 'Cloud classroom, viewer households',
         'viewer_households', 'cloud-classroom', ''),
        (40, '青春健康线上课程场次', 'Youth health, online classes',
         'sessions_held', 'youth-health', 'online_class'),
        (41, '防疫口罩惠及特殊家庭', 'Epidemic relief, special families supplied with masks',
         'families_supplied', 'epidemic-relief', 'mask'),
        (42, '防疫健康包发放', 'Epidemic relief, health kits issued',
         'goods_issued', 'epidemic-relief', 'health-kit'),
        (43, '单个志愿家庭值守班次最多', 'Epidemic relief, most shifts by one volunteer household',
         'most_shifts_of_a_household', 'epidemic-relief', ''),
        (47, '会员日表彰人次', 'Member day, commendations', 'commendations', '', 'member-day');

        INSERT INTO bulletin_line
            (number, name_zh, name_en, measure, programme, dimension, territory, span, start)
        VALUES
        (28, '2019年6月莲顺社区亲子活动场次', 'Early childhood, June 2019, Lianshun, sessions',
         'sessions_held', 'early-childhood', 'outdoor', '350203010901', 'month', '2019-06-01'),
        (29, '2019年6月东坪社区亲子活动场次', 'Early childhood, June 2019, Dongping, sessions',
         'sessions_held', 'early-childhood', 'outdoor', '350203008902', 'month', '2019-06-01'),
        (30, '2019年6月亲子活动场次', 'Early childhood, June 2019, sessions',
         'sessions_held', 'early-childhood', 'outdoor', '350203', 'month', '2019-06-01'),
        (31, '2019年6月参加亲子', 'Early childhood, June 2019, parent–child pairs',
         'parent_child_pairs', 'early-childhood', 'outdoor', '350203', 'month', '2019-06-01');

        INSERT INTO bulletin_line
            (number, name_zh, name_en, measure, programme, dimension, territory)
        VALUES
        (44, '后江社区值守工作人员', 'Houjiang Community, staff on duty',
         'persons_on_duty', 'epidemic-relief', 'staff', '350203007902'),
        (45, '后江社区值守巷口岗', 'Houjiang Community, lane posts',
         'duty_posts', 'epidemic-relief', 'lane_post', '350203007902'),
        (46, '后江社区值守小区', 'Houjiang Community, compounds',
         'duty_posts', 'epidemic-relief', 'compound', '350203007902'),
        (48, '希望社区暖心家园共管层级', 'Xiwang Community Warm Home, tiers of co-management',
         'site_tiers', '', 'warm_home', '350203007901'),
        (49, '希望社区暖心家园制度', 'Xiwang Community Warm Home, rule sets',
         'site_rule_sets', '', 'warm_home', '350203007901'),
        (50, '希望社区暖心家园主题', 'Xiwang Community Warm Home, themes',
         'site_themes', '', 'warm_home', '350203007901');

        CREATE VIEW bulletin AS
        SELECT b.number, b.name_zh, b.name_en, b.measure, b.programme, b.dimension, b.territory,
               period_name(b.span, b.start) AS period, coalesce(f.value, 0) AS value, m.unit
        FROM bulletin_line b JOIN measure m ON m.name = b.measure
        -- One look for each line: joined at once, all figures would be made for it.
        LEFT JOIN LATERAL (
            SELECT g.value FROM figure g
            WHERE g.measure = b.measure AND g.programme = b.programme
              AND g.dimension = b.dimension AND g.territory = b.territory AND g.span = b.span
              AND g.start = b.start
            LIMIT 1) f ON true
        ORDER BY b.number;
        """)
}
