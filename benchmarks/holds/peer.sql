-- Copies of the ledger's own tables, with their names, checks, indexes, foreign keys and triggers, for the peers that do
-- holds and settlements statement by statement: only the number of round trips differs.
CREATE TABLE bench_naive.wallet_account (LIKE public.wallet_account INCLUDING ALL);
CREATE TABLE bench_naive.wallet_transfer (LIKE public.wallet_transfer INCLUDING ALL);
CREATE TABLE bench_naive.wallet_hold (LIKE public.wallet_hold INCLUDING ALL);
CREATE TABLE bench_naive.wallet_operation (LIKE public.wallet_operation INCLUDING ALL);
ALTER TABLE bench_naive.wallet_account SET (fillfactor = 70);
ALTER TABLE bench_naive.wallet_operation SET (fillfactor = 70);
ALTER TABLE bench_naive.wallet_hold SET (fillfactor = 85);
DO $$
DECLARE
  v_ledger constant regclass[] := ARRAY['public.wallet_account', 'public.wallet_transfer', 'public.wallet_hold',
                                        'public.wallet_operation']::regclass[];
  v_found record;
BEGIN
  PERFORM set_config('search_path', '', true);
  FOR v_found IN
    SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS text
    FROM pg_catalog.pg_constraint WHERE conrelid = ANY (v_ledger) AND contype = 'f'
    UNION ALL
    SELECT pg_get_triggerdef(oid) FROM pg_catalog.pg_trigger WHERE tgrelid = ANY (v_ledger) AND NOT tgisinternal
  LOOP
    EXECUTE replace(v_found.text, 'public.wallet_', 'bench_naive.wallet_');
  END LOOP;
END
$$;
