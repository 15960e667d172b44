-- 科技型中小企业 as a careful SQL programmer would write it by hand: every score a range over what is missing.
-- Same inputs and same output columns as the generated statement: verdict, masks of 14 conditions, score range.
WITH ip AS (
    SELECT company,
        count(*) FILTER (kind = 'I类' AND valid) AS one_lo,
        count(*) FILTER (coalesce(kind = 'I类', true) AND coalesce(valid, true)) AS one_hi,
        count(*) FILTER (kind = 'II类' AND valid) AS two_lo,
        count(*) FILTER (coalesce(kind = 'II类', true) AND coalesce(valid, true)) AS two_hi
    FROM (SELECT company, kind, main_product AND granted_on <= $on AND valid_until >= $on AS valid FROM '{ip}')
    GROUP BY company
), incidents AS (
    SELECT company, bool_or(hit) AS known, bool_or(coalesce(hit, true)) AS possible FROM (
        SELECT company, type IN ('重大安全事故', '重大质量事故', '严重环境违法', '科研严重失信')
            AND year(happened_on) >= year($on) - 1 AND happened_on <= $on AS hit FROM '{incidents}')
    GROUP BY company
), certificates AS (
    SELECT company, bool_or(hit) AS known, bool_or(coalesce(hit, true)) AS possible FROM (
        SELECT company, type = '高新技术企业' AND issued_on <= $on AND valid_until >= $on AS hit FROM '{certificates}')
    GROUP BY company
), awards AS (
    SELECT company, bool_or(hit) AS known, bool_or(coalesce(hit, true)) AS possible FROM (
        SELECT company, level = '国家级' AND rank <= 3 AND awarded_on <= $on
            AND CAST(awarded_on + INTERVAL 60 MONTH AS DATE) >= $on AS hit FROM '{awards}')
    GROUP BY company
), bodies AS (
    SELECT company, bool_or(hit) AS known, bool_or(coalesce(hit, true)) AS possible FROM (
        SELECT company, level IN ('国家级', '省部级') AND recognised_on <= $on AS hit FROM '{rd_bodies}')
    GROUP BY company
), standards AS (
    SELECT company, bool_or(hit) AS known, bool_or(coalesce(hit, true)) AS possible FROM (
        SELECT company, level IN ('国际标准', '国家标准', '行业标准') AND ("leading" OR rank <= 5) AND issued_on <= $on
            AND CAST(issued_on + INTERVAL 60 MONTH AS DATE) >= $on AS hit FROM '{standards}')
    GROUP BY company
), parts AS (
    SELECT c.company, resident, product_barred, on_abnormal_list, on_violation_list,
        staff_2025, revenue_2025, assets_2025,
        CASE WHEN st_staff_2025 >= staff_2025 * 0.30 THEN 20 WHEN st_staff_2025 >= staff_2025 * 0.25 THEN 16
             WHEN st_staff_2025 >= staff_2025 * 0.20 THEN 12 WHEN st_staff_2025 >= staff_2025 * 0.15 THEN 8
             WHEN st_staff_2025 >= staff_2025 * 0.10 THEN 4 WHEN st_staff_2025 < staff_2025 * 0.10 THEN 0 END AS staff,
        CASE WHEN revenue_2025 <= 0 THEN 0
             WHEN rd_cost_2025 >= revenue_2025 * 0.06 THEN 50 WHEN rd_cost_2025 >= revenue_2025 * 0.05 THEN 40
             WHEN rd_cost_2025 >= revenue_2025 * 0.04 THEN 30 WHEN rd_cost_2025 >= revenue_2025 * 0.03 THEN 20
             WHEN rd_cost_2025 >= revenue_2025 * 0.02 THEN 10 WHEN rd_cost_2025 < revenue_2025 * 0.02 THEN 0 END AS rd_a,
        CASE WHEN total_cost_2025 <= 0 THEN 0
             WHEN rd_cost_2025 >= total_cost_2025 * 0.30 THEN 50 WHEN rd_cost_2025 >= total_cost_2025 * 0.25 THEN 40
             WHEN rd_cost_2025 >= total_cost_2025 * 0.20 THEN 30 WHEN rd_cost_2025 >= total_cost_2025 * 0.15 THEN 20
             WHEN rd_cost_2025 >= total_cost_2025 * 0.10 THEN 10 WHEN rd_cost_2025 < total_cost_2025 * 0.10 THEN 0
        END AS rd_b,
        coalesce(one_lo, 0) AS one_lo, CASE WHEN ip_complete THEN coalesce(one_hi, 0) ELSE 1000000 END AS one_hi,
        coalesce(two_lo, 0) AS two_lo, CASE WHEN ip_complete THEN coalesce(two_hi, 0) ELSE 1000000 END AS two_hi,
        CASE WHEN n.known THEN true WHEN incidents_complete AND NOT coalesce(n.possible, false) THEN false END AS incident,
        CASE WHEN t.known THEN true WHEN certificates_complete AND NOT coalesce(t.possible, false) THEN false END AS d1,
        CASE WHEN a.known THEN true WHEN awards_complete AND NOT coalesce(a.possible, false) THEN false END AS d2,
        CASE WHEN b.known THEN true WHEN rd_bodies_complete AND NOT coalesce(b.possible, false) THEN false END AS d3,
        CASE WHEN s.known THEN true WHEN standards_complete AND NOT coalesce(s.possible, false) THEN false END AS d4
    FROM '{companies}' c
    LEFT JOIN ip USING (company) LEFT JOIN incidents n USING (company) LEFT JOIN certificates t USING (company)
    LEFT JOIN awards a USING (company) LEFT JOIN bodies b USING (company) LEFT JOIN standards s USING (company)
), scores AS (
    SELECT *,
        coalesce(staff, 0) + greatest(coalesce(rd_a, 0), coalesce(rd_b, 0))
            + CASE WHEN one_lo >= 1 THEN 30 WHEN two_lo >= 4 THEN 24 ELSE two_lo * 6 END AS score_lo,
        coalesce(staff, 20) + greatest(coalesce(rd_a, 50), coalesce(rd_b, 50))
            + CASE WHEN one_hi >= 1 THEN 30 WHEN two_hi >= 4 THEN 24 ELSE two_hi * 6 END AS score_hi
    FROM parts
), conditions AS (
    SELECT company, score_lo, score_hi,
        resident AS c0, staff_2025 <= 500 AS c1, revenue_2025 <= 200000000 AS c2, assets_2025 <= 200000000 AS c3,
        NOT product_barred AS c4, NOT incident AS c5, NOT on_abnormal_list AS c6, NOT on_violation_list AS c7,
        CASE WHEN score_lo >= 60 THEN true WHEN score_hi < 60 THEN false END AS c8, staff > 0 AS c9,
        d1 AS c10, d2 AS c11, d3 AS c12, d4 AS c13
    FROM scores
)
SELECT company,
    CASE WHEN c0 AND c1 AND c2 AND c3 AND c4 AND c5 AND c6 AND c7 AND (c8 AND c9 OR c10 OR c11 OR c12 OR c13) THEN 1
         WHEN NOT (c0 AND c1 AND c2 AND c3 AND c4 AND c5 AND c6 AND c7 AND (c8 AND c9 OR c10 OR c11 OR c12 OR c13)) THEN 0
         ELSE 2 END::UTINYINT AS verdict,
    ({failed})::UBIGINT AS failed,
    ({unknown})::UBIGINT AS unknown,
    score_lo, score_hi
FROM conditions ORDER BY company
