-- grant: none
-- One limit after a wish for it: lower holds at once and ends a raise that waits; higher, or none, holds in 24 hours. The
-- raise that waits already, asked for again, keeps its time.
CREATE OR REPLACE FUNCTION compliance_wish(
  p_wish bigint, INOUT own bigint, INOUT next bigint, INOUT next_at timestamptz)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
  IF own IS NULL OR p_wish <= own THEN
    own := p_wish;
    next := NULL;
    next_at := NULL;
  ELSIF next_at IS NULL OR next IS DISTINCT FROM p_wish THEN
    next := p_wish;
    next_at := statement_timestamp() + interval '24 hours';
  END IF;
END
$$;
