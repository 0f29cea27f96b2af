-- grant: app
-- Renew the leases of these sign-ins, all in this one call; ended ones gain nothing. A lease only grows, but for a
-- socket's, which lasts exactly as long as the last sign of life says. A bearer's request counts for nothing once its
-- sign-in has opened a socket. Answers {"until", "returned": the owners who had no living lease before}. Rows are
-- locked in the order of their ids, so that two processes never wait for each other in a ring.
CREATE OR REPLACE FUNCTION presence_renew(p_sign_ins uuid[], p_kind text, p_seconds integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_returned jsonb;
BEGIN
  SELECT COALESCE(jsonb_agg(DISTINCT s.user_id), '[]') INTO v_returned
    FROM accounts_signin s
   WHERE s.id = ANY (p_sign_ins) AND s.ended_at IS NULL AND s.idle_until > v_now AND NOT EXISTS (
     SELECT FROM presence_lease l JOIN accounts_signin o ON o.id = l.sign_in_id
      WHERE l.owner_id = s.user_id AND o.ended_at IS NULL AND l.expires_at > v_now);
  INSERT INTO presence_lease AS lease (sign_in_id, owner_id, kind, opened_socket, since, expires_at)
  SELECT s.id, s.user_id, p_kind, p_kind = 'socket', v_now, v_now + make_interval(secs => p_seconds)
    FROM accounts_signin s
   WHERE s.id = ANY (p_sign_ins) AND s.ended_at IS NULL AND s.idle_until > v_now
   ORDER BY s.id
  ON CONFLICT (sign_in_id) DO UPDATE
     SET kind = EXCLUDED.kind, opened_socket = lease.opened_socket OR EXCLUDED.opened_socket,
         since = CASE WHEN lease.expires_at > v_now THEN lease.since ELSE EXCLUDED.since END,
         expires_at = CASE p_kind WHEN 'socket' THEN EXCLUDED.expires_at
                                  ELSE GREATEST(lease.expires_at, EXCLUDED.expires_at) END
   WHERE p_kind <> 'bearer' OR NOT lease.opened_socket;
  RETURN jsonb_build_object('returned', v_returned, 'until', (
    SELECT max(expires_at) FROM presence_lease WHERE sign_in_id = ANY (p_sign_ins)));
END
$$;
