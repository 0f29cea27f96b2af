-- grant: none
-- Places that are new to those who wait (the snapshot's "waiting", or a part of it): whoever is third now is told so,
-- once for his item; who switched it on is told every place, and again where the item was put back since (then it has
-- another version). Answers a list of notices.
CREATE OR REPLACE FUNCTION queue_app_tell_line(p_waiting jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_place record;
  v_facts jsonb;
  v_cause text;
  v_told jsonb := '[]';
BEGIN
  FOR v_place IN
    SELECT w.*, i.title, i.version, COALESCE(p.enabled, false) AS followed
      FROM jsonb_to_recordset(p_waiting) AS w ("itemId" uuid, "viewerId" uuid, position integer, "waitSeconds" bigint)
      JOIN queue_app_queueitem i ON i.id = w."itemId"
      LEFT JOIN notices_preference p ON p.owner_id = w."viewerId" AND p.key = 'queue.position.updated'
     WHERE w.position = 3 OR p.enabled
  LOOP
    v_facts := jsonb_build_object(
      'itemId', v_place."itemId", 'title', v_place.title, 'position', v_place.position,
      'waitSeconds', v_place."waitSeconds");
    v_cause := 'queue.item:' || v_place."itemId" || ':';
    IF v_place.position = 3 THEN
      v_told := v_told || jsonb_build_array(v_facts || notices_put(
        v_place."viewerId", 'queue.item.third_position_notice', v_facts, v_cause || 'third_position'));
    END IF;
    IF v_place.followed THEN
      v_told := v_told || jsonb_build_array(notices_put(
        v_place."viewerId", 'queue.position.updated', v_facts,
        v_cause || 'position:' || v_place.position || ':' || v_place.version));
    END IF;
  END LOOP;
  RETURN v_told;
END
$$;
