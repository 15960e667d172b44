-- What statements of Wutong call in PostgreSQL: defined in the temporary schema of each session, so nothing stays.

-- Full months from a to b; the last day of a month completes it (2024-01-31 to 2024-02-29 is one month).
CREATE FUNCTION pg_temp.wt_full_months(a date, b date) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT (12 * (extract(year FROM b) - extract(year FROM a)) + extract(month FROM b) - extract(month FROM a))::bigint
        - CASE WHEN extract(day FROM a) > extract(day FROM b) AND extract(month FROM b + 1) = extract(month FROM b)
          THEN 1 ELSE 0 END
$$;
CREATE FUNCTION pg_temp.wt_months(a date, b date) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN a <= b THEN pg_temp.wt_full_months(a, b) ELSE - pg_temp.wt_full_months(b, a) END
$$;

-- Arithmetic of doubles, null where the result is not finite; PostgreSQL would stop the statement.
CREATE FUNCTION pg_temp.wt_known(x double precision) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN x < 'Infinity' AND x > '-Infinity' THEN x END
$$;
CREATE FUNCTION pg_temp.wt_add(a double precision, b double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN pg_temp.wt_known(a + b); EXCEPTION WHEN numeric_value_out_of_range THEN RETURN NULL; END $$;
CREATE FUNCTION pg_temp.wt_sub(a double precision, b double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN pg_temp.wt_known(a - b); EXCEPTION WHEN numeric_value_out_of_range THEN RETURN NULL; END $$;
CREATE FUNCTION pg_temp.wt_mul(a double precision, b double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN pg_temp.wt_known(a * b); EXCEPTION WHEN numeric_value_out_of_range THEN RETURN
    CASE WHEN abs(a) < 1 OR abs(b) < 1 THEN 0 END; END $$;  -- an underflow is an error here and 0 elsewhere
CREATE FUNCTION pg_temp.wt_div(a double precision, b double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN pg_temp.wt_known(a / nullif(b, 0)); EXCEPTION WHEN numeric_value_out_of_range THEN RETURN
    CASE WHEN abs(b) > 1 THEN 0 END; END $$;
CREATE FUNCTION pg_temp.wt_pow(a double precision, b double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN pg_temp.wt_known(power(a, b)); EXCEPTION
    WHEN numeric_value_out_of_range THEN RETURN CASE WHEN abs(a) < 1 AND b > 0 OR abs(a) > 1 AND b < 0 THEN 0 END;
    WHEN invalid_argument_for_power_function THEN RETURN NULL; END $$;

-- Lists as JSONB.
CREATE FUNCTION pg_temp.wt_items(list jsonb) RETURNS TABLE(item jsonb, o bigint) LANGUAGE sql IMMUTABLE AS $$
    SELECT value, ordinality FROM jsonb_array_elements(list) WITH ORDINALITY
$$;
CREATE FUNCTION pg_temp.wt_flatten(list jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT coalesce(jsonb_agg(i.value ORDER BY l.ordinality, i.ordinality), '[]')
    FROM jsonb_array_elements(list) WITH ORDINALITY l, jsonb_array_elements(l.value) WITH ORDINALITY i
$$;
CREATE FUNCTION pg_temp.wt_sort(list jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT coalesce(jsonb_agg(value ORDER BY value), '[]') FROM jsonb_array_elements(list)
$$;
CREATE FUNCTION pg_temp.wt_slice(list jsonb, first bigint, last bigint) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT coalesce(jsonb_agg(item ORDER BY o), '[]') FROM pg_temp.wt_items(list) WHERE o BETWEEN first AND last
$$;
