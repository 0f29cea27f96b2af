-- Tables of the peer that does hold and settlement statement by statement: the product's columns, keys and indexes,
-- in the peer's own schema.
CREATE TABLE bench_naive.rt_account (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner int NOT NULL, kind text NOT NULL,
  balance bigint NOT NULL DEFAULT 0 CHECK (balance >= 0),
  version bigint NOT NULL DEFAULT 0,
  UNIQUE (owner, kind)
) WITH (fillfactor = 70);
CREATE TABLE bench_naive.rt_operation (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  actor int NOT NULL, verb text NOT NULL, key text NOT NULL,
  args_hash bytea NOT NULL, result jsonb, created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (actor, verb, key)
);
CREATE TABLE bench_naive.rt_hold (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  viewer int NOT NULL, performer int NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0), settled_amount bigint NOT NULL DEFAULT 0,
  state text NOT NULL DEFAULT 'held', expires_at timestamptz, resolved_by uuid UNIQUE, resolved_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON bench_naive.rt_hold (viewer) WHERE state = 'held';
CREATE TABLE bench_naive.rt_transfer (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  debit bigint NOT NULL, credit bigint NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0), code text NOT NULL,
  operation uuid NOT NULL, hold uuid, created_at timestamptz NOT NULL DEFAULT now(), CHECK (debit <> credit)
);
CREATE INDEX ON bench_naive.rt_transfer (debit, created_at, id);
CREATE INDEX ON bench_naive.rt_transfer (credit, created_at, id);
CREATE INDEX ON bench_naive.rt_transfer (hold) WHERE hold IS NOT NULL;
INSERT INTO bench_naive.rt_account (owner, kind, balance)
SELECT n, kind, CASE kind WHEN 'available' THEN 1000000000 ELSE 0 END
FROM generate_series(1, 100) n CROSS JOIN unnest(ARRAY['available', 'escrow', 'earned']) AS kind;
