-- grant: none
-- The house's one account; its id is fixed, so that no movement has to look it up.
CREATE OR REPLACE FUNCTION wallet_house() RETURNS uuid
LANGUAGE sql IMMUTABLE
AS $$
  SELECT '00000000-0000-7000-8000-000000000001'::uuid
$$;
