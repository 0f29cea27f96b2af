-- grant: none
-- Whether she was present at this moment of the near past, by one lease that lived on both sides of it.
CREATE OR REPLACE FUNCTION presence_covers(p_owner uuid, p_at timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN EXISTS (
    SELECT FROM presence_lease l JOIN accounts_signin s ON s.id = l.sign_in_id
     WHERE l.owner_id = p_owner AND l.since <= p_at AND LEAST(l.expires_at, s.ended_at) > p_at);
END
$$;
