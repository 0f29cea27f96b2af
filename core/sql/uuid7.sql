-- grant: app
-- UUIDv7 (RFC 9562): PostgreSQL 18 brings its own, 15 to 17 have none. A random UUID's first 48 bits become the
-- millisecond clock; bits 52 and 53 turn version 4 into 7.
CREATE OR REPLACE FUNCTION core_uuid7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
AS $$
  SELECT encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
              PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
              FROM 1 FOR 6),
      52, 1), 53, 1),
    'hex')::uuid
$$;
