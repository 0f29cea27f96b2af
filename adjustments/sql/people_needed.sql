-- grant: none
-- How many different people a correction needs, by what counts for it; as adjustments/policies.py has it.
CREATE OR REPLACE FUNCTION adjustments_people_needed(p_counted bigint) RETURNS integer
LANGUAGE sql IMMUTABLE
AS $$
  SELECT CASE WHEN p_counted <= 100 THEN 1 WHEN p_counted <= 500 THEN 2 ELSE 3 END
$$;
