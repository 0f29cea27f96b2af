-- grant: app
-- What one account may do and see, for accounts/access.py; no row where there is no such account. What makes tokens is
-- nobody's by being a superuser: it is granted by name. PL/pgSQL keeps its plan: every request asks.
CREATE OR REPLACE FUNCTION accounts_access(p_user uuid)
RETURNS TABLE (permissions text[], flags text[], performs boolean, views boolean, manages boolean, staff boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN QUERY SELECT
    ARRAY(
      SELECT p.codename::text FROM auth_permission p
      JOIN django_content_type c ON c.id = p.content_type_id
      WHERE c.app_label = 'accounts' AND c.model = 'user' AND p.codename = upper(p.codename)
        AND (u.is_superuser AND p.codename <> 'CREDIT_TOKENS'
          OR p.id IN (SELECT permission_id FROM accounts_user_user_permissions WHERE user_id = u.id)
          OR p.id IN (SELECT g.permission_id FROM auth_group_permissions g
                      JOIN accounts_user_groups m ON m.group_id = g.group_id WHERE m.user_id = u.id))),
    ARRAY(
      SELECT f.name::text FROM accounts_featureflag f
      WHERE NOT EXISTS (SELECT FROM accounts_featureflag_excluded x
                        WHERE x.featureflag_id = f.id AND x.user_id = u.id)
        AND coalesce(f.everyone,
          f.authenticated OR (f.staff AND u.is_staff) OR (f.superusers AND u.is_superuser)
          OR EXISTS (SELECT FROM accounts_featureflag_users w
                     WHERE w.featureflag_id = f.id AND w.user_id = u.id)
          OR EXISTS (SELECT FROM accounts_featureflag_groups g
                     JOIN accounts_user_groups m ON m.group_id = g.group_id
                     WHERE g.featureflag_id = f.id AND m.user_id = u.id))),
    EXISTS (SELECT FROM accounts_performer WHERE user_id = u.id),
    EXISTS (SELECT FROM accounts_viewer WHERE user_id = u.id),
    EXISTS (SELECT FROM accounts_studio_managers WHERE user_id = u.id),
    u.is_staff
  FROM accounts_user u WHERE u.id = p_user;
END
$$;
