-- 科技型中小企业 as one would write it in a hurry: SQL's own three-valued logic, verdict and score only.
WITH ip AS (
    SELECT company, count(*) FILTER (kind = 'I类') AS one, count(*) FILTER (kind = 'II类') AS two
    FROM '{ip}' WHERE main_product AND granted_on <= $on AND valid_until >= $on GROUP BY company
), incidents AS (
    SELECT DISTINCT company FROM '{incidents}'
    WHERE type IN ('重大安全事故', '重大质量事故', '严重环境违法', '科研严重失信')
      AND year(happened_on) >= year($on) - 1 AND happened_on <= $on
), certificates AS (
    SELECT DISTINCT company FROM '{certificates}'
    WHERE type = '高新技术企业' AND issued_on <= $on AND valid_until >= $on
), awards AS (
    SELECT DISTINCT company FROM '{awards}' WHERE level = '国家级' AND rank <= 3 AND awarded_on <= $on
      AND CAST(awarded_on + INTERVAL 60 MONTH AS DATE) >= $on
), bodies AS (
    SELECT DISTINCT company FROM '{rd_bodies}' WHERE level IN ('国家级', '省部级') AND recognised_on <= $on
), standards AS (
    SELECT DISTINCT company FROM '{standards}' WHERE level IN ('国际标准', '国家标准', '行业标准')
      AND ("leading" OR rank <= 5) AND issued_on <= $on AND CAST(issued_on + INTERVAL 60 MONTH AS DATE) >= $on
), parts AS (
    SELECT c.*,
        CASE WHEN st_staff_2025 >= staff_2025 * 0.30 THEN 20 WHEN st_staff_2025 >= staff_2025 * 0.25 THEN 16
             WHEN st_staff_2025 >= staff_2025 * 0.20 THEN 12 WHEN st_staff_2025 >= staff_2025 * 0.15 THEN 8
             WHEN st_staff_2025 >= staff_2025 * 0.10 THEN 4 WHEN st_staff_2025 < staff_2025 * 0.10 THEN 0 END AS staff,
        CASE WHEN rd_cost_2025 >= revenue_2025 * 0.06 THEN 50 WHEN rd_cost_2025 >= revenue_2025 * 0.05 THEN 40
             WHEN rd_cost_2025 >= revenue_2025 * 0.04 THEN 30 WHEN rd_cost_2025 >= revenue_2025 * 0.03 THEN 20
             WHEN rd_cost_2025 >= revenue_2025 * 0.02 THEN 10 WHEN rd_cost_2025 < revenue_2025 * 0.02 THEN 0 END AS rd_a,
        CASE WHEN rd_cost_2025 >= total_cost_2025 * 0.30 THEN 50 WHEN rd_cost_2025 >= total_cost_2025 * 0.25 THEN 40
             WHEN rd_cost_2025 >= total_cost_2025 * 0.20 THEN 30 WHEN rd_cost_2025 >= total_cost_2025 * 0.15 THEN 20
             WHEN rd_cost_2025 >= total_cost_2025 * 0.10 THEN 10 WHEN rd_cost_2025 < total_cost_2025 * 0.10 THEN 0
        END AS rd_b,
        CASE WHEN one >= 1 THEN 30 WHEN two >= 4 THEN 24 WHEN two >= 1 THEN two * 6 WHEN ip_complete THEN 0 END AS ip,
        CASE WHEN n.company IS NOT NULL THEN true WHEN incidents_complete THEN false END AS incident,
        CASE WHEN coalesce(t.company, a.company, b.company, s.company) IS NOT NULL THEN true
             WHEN certificates_complete AND awards_complete AND rd_bodies_complete AND standards_complete THEN false
        END AS direct
    FROM '{companies}' c
    LEFT JOIN ip USING (company) LEFT JOIN incidents n USING (company) LEFT JOIN certificates t USING (company)
    LEFT JOIN awards a USING (company) LEFT JOIN bodies b USING (company) LEFT JOIN standards s USING (company)
), scores AS (
    SELECT *, staff + CASE WHEN rd_a = 50 OR rd_b = 50 THEN 50
                           WHEN rd_a IS NOT NULL AND rd_b IS NOT NULL THEN greatest(rd_a, rd_b) END + ip AS score FROM parts
)
SELECT company, score,
    resident AND staff_2025 <= 500 AND revenue_2025 <= 200000000 AND assets_2025 <= 200000000
        AND NOT product_barred AND NOT incident AND NOT on_abnormal_list AND NOT on_violation_list
        AND (score >= 60 AND staff > 0 OR direct) AS eligible
FROM scores ORDER BY company
