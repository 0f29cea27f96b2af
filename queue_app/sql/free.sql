-- grant: none
-- Who may be given an item that waits for whoever is next: in the line, mode ON, intake not paused, nothing of her own
-- waiting. What is answered stays true only of performers whose locks the caller holds. Plain SQL, so that a query reads
-- only the rows it asks for.
CREATE OR REPLACE FUNCTION queue_app_free() RETURNS TABLE (performer_id uuid, line_ticket bigint)
LANGUAGE sql STABLE
AS $$
  SELECT s.performer_id, s.line_ticket FROM modelstate_modelstate s
   WHERE s.line_ticket IS NOT NULL
     AND NOT EXISTS (
       SELECT FROM queue_app_performerqueue q
        WHERE q.performer_id = s.performer_id AND (q.mode <> 'ON' OR q.intake_paused))
     AND NOT EXISTS (
       SELECT FROM queue_app_queueitem i WHERE i.performer_id = s.performer_id AND i.status = 'created')
$$;
