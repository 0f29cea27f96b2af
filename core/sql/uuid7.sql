-- grant: app
-- UUIDv7 (RFC 9562, method 3), so that what one transaction makes one after the other also sorts so. PostgreSQL 18 brings
-- its own; for 15 to 17 a random UUID's first 48 bits become the millisecond clock and the next 16 the version with the
-- fraction of the millisecond.
DO $install$
BEGIN
  IF current_setting('server_version_num')::integer >= 180000 THEN
    CREATE OR REPLACE FUNCTION core_uuid7() RETURNS uuid
    LANGUAGE sql VOLATILE PARALLEL SAFE
    AS $$
      SELECT uuidv7()
    $$;
  ELSE
    CREATE OR REPLACE FUNCTION core_uuid7() RETURNS uuid
    LANGUAGE sql VOLATILE PARALLEL SAFE
    AS $$
      SELECT encode(
        overlay(uuid_send(gen_random_uuid())
                PLACING substring(int8send(microseconds / 1000) FROM 3)
                        || int2send((28672 + microseconds % 1000 * 4096 / 1000)::smallint)
                FROM 1 FOR 8),
        'hex')::uuid
      FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS microseconds) AS clock
    $$;
  END IF;
END
$install$;
