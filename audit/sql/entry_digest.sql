-- grant: app, auditor
-- The digest of one entry over all of its columns. jsonb's text is canonical: same content, same digest.
CREATE OR REPLACE FUNCTION audit_entry_digest(p_entry audit_auditentry) RETURNS bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        p_entry.id, p_entry.actor_kind, p_entry.actor_id, p_entry.action, p_entry.target_type,
        p_entry.target_id, p_entry.before, p_entry.after, p_entry.reason, p_entry.ip_tag, p_entry.key_id,
        p_entry.ua_class, p_entry.request_id,
        (extract(epoch FROM p_entry.created_at) * 1000000)::bigint, p_entry.created_xid::text
    )::text, 'UTF8'));
$$;
