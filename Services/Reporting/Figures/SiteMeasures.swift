import ServiceKit

extension Measures {
    /// What manages a site is told of the site that has most of it: sums over sites would count the same tiers twice.
    static let sitesMigration = Migration(
        contracting: "0032_sites_are_not_added_up",
        """
        UPDATE measure m SET reads = 'largest', zh = n.zh, en = n.en
        FROM (VALUES
            ('site_tiers', '站点共管层级', 'tiers of co-management of a site'),
            ('site_rule_sets', '站点制度', 'rule sets of a site'),
            ('site_themes', '站点主题', 'themes of a site')) AS n (name, zh, en)
        WHERE n.name = m.name;

        UPDATE contribution SET amount = times, times = 1
        WHERE source IN ('site_tier', 'site_rule_set', 'site_theme');
        DELETE FROM delta WHERE source IN ('site_tier', 'site_rule_set', 'site_theme');
        DELETE FROM cell WHERE source IN ('site_tier', 'site_rule_set', 'site_theme');
        INSERT INTO delta (source, territory, day, programme, dimension, records, times, amount,
                           is_correction)
        SELECT source, territory, day, programme, dimension, count(*), sum(times), sum(amount), false
        FROM contribution
        WHERE counts AND source IN ('site_tier', 'site_rule_set', 'site_theme')
        GROUP BY source, territory, day, programme, dimension;
        UPDATE intake SET changed_at = now(), method_at = now();
        """)
}
