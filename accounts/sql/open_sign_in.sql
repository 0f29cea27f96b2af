-- grant: app
-- A sign-in with its account and his access while it is open: not ended, not idle too long, the account active.
CREATE OR REPLACE FUNCTION accounts_open_sign_in(p_sign_in uuid, p_kind text)
RETURNS TABLE (sign_in accounts_signin, account accounts_user, permissions text[], flags text[], performs boolean,
               views boolean, manages boolean, staff boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
  RETURN QUERY SELECT s, u, a.permissions, a.flags, a.performs, a.views, a.manages, a.staff
    FROM accounts_signin s JOIN accounts_user u ON u.id = s.user_id CROSS JOIN accounts_access(u.id) a
   WHERE s.id = p_sign_in AND s.kind = p_kind AND s.ended_at IS NULL
     AND s.idle_until > statement_timestamp() AND u.is_active;
END
$$;
