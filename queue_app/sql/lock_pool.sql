-- grant: none
-- The lock of the items that wait for whoever is next; in the house's order after a performer's queue, before items.
-- Who puts one in, or decides by how many there are, holds it alone; who takes one out shares it. So nobody puts an item
-- in while a performer looks and finds none.
CREATE OR REPLACE FUNCTION queue_app_lock_pool(p_alone boolean) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_pool constant bigint := hashtextextended('queue_app: whoever is next', 0);
BEGIN
  IF p_alone THEN
    PERFORM pg_advisory_xact_lock(v_pool);
  ELSE
    PERFORM pg_advisory_xact_lock_shared(v_pool);
  END IF;
END
$$;
