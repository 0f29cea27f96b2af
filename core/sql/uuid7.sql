-- grant: app
-- UUIDv7 (RFC 9562, method 3): PostgreSQL 18 brings its own, 15 to 17 have none. A random UUID's first 48 bits become the
-- millisecond clock and the next 16 the version with the fraction of the millisecond, so that what one transaction makes
-- one after the other also sorts so.
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
