import ServiceKit

/// The bulletin's lines in the order of print, with what was taken in: the view `bulletin`.
///
/// Its lines here and in `0014_whole_bulletin` are of one district and come to nobody: `0028_bulletin_data` empties the
/// table, and messages fill it. The text stays, because databases remember the digests of migrations.
///
/// `value` is in the line's unit: amounts of money are in fen.
enum Bulletin {
    static let migration = Migration(
        "0009_bulletin",
        """
        CREATE TABLE bulletin_line (
            number    integer PRIMARY KEY,
            name_zh   text NOT NULL,
            name_en   text NOT NULL,
            measure   text COLLATE "C" NOT NULL REFERENCES measure,
            programme text COLLATE "C" NOT NULL,
            dimension text COLLATE "C" NOT NULL
        );

        INSERT INTO bulletin_line (number, name_zh, name_en, measure, programme, dimension) VALUES
        (1, '幸福工程滚动投放资金', 'Happiness Project, rolling capital lent',
         'capital_lent_fen', 'happiness-project', ''),
        (2, '幸福工程借款人数', 'Happiness Project, borrowers',
         'borrowers', 'happiness-project', ''),
        (3, '单笔借款最低', 'Smallest principal', 'principal_min_fen', 'happiness-project', ''),
        (4, '单笔借款最高', 'Largest principal', 'principal_max_fen', 'happiness-project', ''),
        (5, '意外伤害险保费', 'Accident insurance, premium paid',
         'premium_paid_fen', 'accident-insurance', ''),
        (6, '意外伤害险参保家庭', 'Accident insurance, insured households',
         'insured_households', 'accident-insurance', ''),
        (7, '其中：父母51至65周岁独生子女家庭', 'of them only-child households, parents 51–65',
         'insured_households', 'accident-insurance', 'only_child_parents'),
        (8, '其中：计生特殊家庭', 'of them special families',
         'insured_households', 'accident-insurance', 'special_family'),
        (9, '其中：低保家庭', 'of them low-security households',
         'insured_households', 'accident-insurance', 'low_security'),
        (10, '其中：低收入家庭', 'of them low-income households',
         'insured_households', 'accident-insurance', 'low_income'),
        (11, '一元捐笔数', 'One-Yuan Donation, donations', 'donations', 'one-yuan-donation', ''),
        (12, '一元捐最大一笔', 'One-Yuan Donation, largest',
         'donation_max_fen', 'one-yuan-donation', ''),
        (13, '一元捐最小一笔', 'One-Yuan Donation, smallest',
         'donation_min_fen', 'one-yuan-donation', ''),
        (14, '一元捐总额', 'One-Yuan Donation, sum', 'donations_fen', 'one-yuan-donation', ''),
        (15, '暖心家园活动场次', 'Warm Home, activities held',
         'sessions_held', 'warm-home', 'activity'),
        (16, '暖心家园茶话会场次', 'Warm Home, tea talks held',
         'sessions_held', 'warm-home', 'tea_talk'),
        (17, '暖心家园参加人次', 'Warm Home, person-times',
         'attendance_person_times', 'warm-home', ''),
        (18, '会员日表彰人次', 'Member day, commendations', 'commendations', '', '');

        CREATE VIEW bulletin AS
        SELECT b.number, b.name_zh, b.name_en, b.measure, b.programme, b.dimension,
               '350203'::text AS territory, 'all'::text AS period, coalesce(f.value, 0) AS value,
               m.unit
        FROM bulletin_line b JOIN measure m ON m.name = b.measure
        LEFT JOIN (
            SELECT measure, programme, dimension, value
            FROM figure WHERE territory = '350203' AND span = 'all'
        ) f ON f.measure = b.measure AND f.programme = b.programme AND f.dimension = b.dimension
        ORDER BY b.number;
        """)
}
