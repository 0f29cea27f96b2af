-- grant: app
-- What one account may do and see, for accounts/access.py; no row where there is no such account. What makes tokens is
-- nobody's by being a superuser: it is granted by name. Every request asks: one plan a connection, as planning these
-- statements costs five times what running them does.
CREATE OR REPLACE FUNCTION accounts_access(p_user uuid)
RETURNS TABLE (permissions text[], flags text[], performs boolean, views boolean, manages boolean, staff boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_super boolean;
  v_staff boolean;
  v_groups integer[];
BEGIN
  SELECT u.is_superuser, u.is_staff, ARRAY(SELECT m.group_id FROM accounts_user_groups m WHERE m.user_id = u.id)
    INTO v_super, v_staff, v_groups FROM accounts_user u WHERE u.id = p_user;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT
    ARRAY(
      SELECT p.codename::text FROM auth_permission p
      WHERE p.content_type_id = (SELECT id FROM django_content_type WHERE app_label = 'accounts' AND model = 'user')
        AND p.codename = upper(p.codename)
        AND (v_super AND p.codename <> 'CREDIT_TOKENS' OR p.id = ANY (
            SELECT d.permission_id FROM accounts_user_user_permissions d WHERE d.user_id = p_user
            UNION ALL SELECT g.permission_id FROM auth_group_permissions g WHERE g.group_id = ANY (v_groups)))),
    ARRAY(
      SELECT f.name::text FROM accounts_featureflag f
      WHERE NOT EXISTS (SELECT FROM accounts_featureflag_excluded x WHERE x.featureflag_id = f.id AND x.user_id = p_user)
      AND coalesce(f.everyone,
        f.authenticated OR (f.staff AND v_staff) OR (f.superusers AND v_super)
        OR EXISTS (SELECT FROM accounts_featureflag_users w WHERE w.featureflag_id = f.id AND w.user_id = p_user)
        OR EXISTS (SELECT FROM accounts_featureflag_groups g
                   WHERE g.featureflag_id = f.id AND g.group_id = ANY (v_groups)))),
    EXISTS (SELECT FROM accounts_performer WHERE user_id = p_user),
    EXISTS (SELECT FROM accounts_viewer WHERE user_id = p_user),
    EXISTS (SELECT FROM accounts_studio_managers WHERE user_id = p_user),
    v_staff;
END
$$;
