-- grant: app
-- When the last of her leases ends or ended; NULL: she never had one. A sign-in that has ended ends its lease.
CREATE OR REPLACE FUNCTION presence_until(p_owner uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN (
    SELECT max(LEAST(l.expires_at, s.ended_at))
      FROM presence_lease l JOIN accounts_signin s ON s.id = l.sign_in_id
     WHERE l.owner_id = p_owner);
END
$$;
