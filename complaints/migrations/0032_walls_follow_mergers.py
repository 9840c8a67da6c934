"""A wall around one complaint holds for those it is merged with: what was said in one of them is worked on in the other.

So do ties to the supplier of one of them, or to the employer of somebody it names. Whoever is walled off that way leaves the moment they are
merged, and may come back when they are taken apart. Who leaves is decided one at a time with the walls around each person, as in 0024.
"""

from django.db import migrations

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

# In the order of their ids, so that two acts that concern the same people wait for each other in turn.
_LOCK = """PERFORM pg_advisory_xact_lock(hashtextextended('complaints parts of ' || who.person_id, 0)) FROM (
    SELECT DISTINCT a.person_id FROM complaints_assignment a
      WHERE a.program_id = NEW.program_id AND a.complaint_id {these} AND a.state IN ('asked', 'accepted') ORDER BY a.person_id) who;
  """
_ENDS = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger
LANGUAGE plpgsql {definer} AS $$
BEGIN
  {lock}PERFORM complaints_end_walled(NEW.program_id, {one}, NULL, NEW.{at}){more};
  RETURN NULL;
END $$;
"""


def _ends(name: str, one: str, at: str, *, of_all: bool) -> str:
    all_of_them = f"complaints_one_with(NEW.program_id, ARRAY[{one}])"
    return _ENDS.format(
        name=name,
        definer=DEFINER,
        lock=_LOCK.format(these=f"IN (SELECT {all_of_them})" if of_all else f"= {one}"),
        one="merged" if of_all else one,
        at=at,
        more=f" FROM {all_of_them} AS merged" if of_all else "",
    )


ONE_WITH = f"""
SET LOCAL check_function_bodies = off;
-- These complaints and all that are merged with them: one carries the work, the others were merged into it.
CREATE FUNCTION complaints_one_with(program uuid, ids uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE {DEFINER} AS $$
  WITH here AS (SELECT c.id, c.merged_into_id FROM complaints_complaint c WHERE c.program_id = program AND c.id = ANY (ids))
  SELECT unnest(ids)
  UNION SELECT merged_into_id FROM here WHERE merged_into_id IS NOT NULL
  UNION SELECT c.id FROM complaints_complaint c
    WHERE c.program_id = program AND c.merged_into_id IN (SELECT coalesce(merged_into_id, id) FROM here)
$$;
{_ends("complaints_merged_now", "NEW.id", "updated_at", of_all=True)}CREATE TRIGGER merged_now AFTER UPDATE OF merged_into_id ON complaints_complaint
  FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL AND NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id)
  EXECUTE FUNCTION complaints_merged_now();
REVOKE EXECUTE ON FUNCTION complaints_one_with(uuid, uuid[]), complaints_merged_now() FROM PUBLIC;
ALTER FUNCTION complaints_one_with(uuid, uuid[]) OWNER TO wsr_searcher;
ALTER FUNCTION complaints_merged_now() OWNER TO wsr_searcher;
"""
NOT_ONE_WITH = """
DROP TRIGGER merged_now ON complaints_complaint;
SET LOCAL ROLE wsr_searcher;
DROP FUNCTION complaints_merged_now();
DROP FUNCTION complaints_one_with(uuid, uuid[]);
SET LOCAL ROLE wsr_owner;
"""

WALLED = """
SET LOCAL check_function_bodies = off;
SET LOCAL ROLE wsr_searcher;
CREATE OR REPLACE FUNCTION complaints_walled_of(program uuid, walled uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE {definer} AS $$
  WITH ties AS (
    SELECT w.supplier_id FROM complaints_wall w
      WHERE w.program_id = program AND w.person_id = walled AND w.ended_at IS NULL
    UNION
    SELECT b.supplier_id FROM audits_bar b
      WHERE b.program_id = program AND b.person_id = walled AND b.ended_at IS NULL)
  {begin}SELECT w.complaint_id FROM complaints_wall w
    WHERE w.program_id = program AND w.person_id = walled AND w.ended_at IS NULL AND w.complaint_id IS NOT NULL
  UNION
  SELECT c.id FROM complaints_complaint c WHERE c.program_id = program AND c.supplier_id IN (SELECT supplier_id FROM ties)
  UNION
  SELECT r.complaint_id FROM complaints_respondent r
    WHERE r.program_id = program AND r.ended_at IS NULL AND r.employer_id IN (SELECT supplier_id FROM ties){end}
$$;
SET LOCAL ROLE wsr_owner;
"""
MERGED = WALLED.format(definer=DEFINER, begin="SELECT complaints_one_with(program, ARRAY(", end="))")
NOT_MERGED = WALLED.format(definer=DEFINER, begin="", end="")

def _leave(*, of_all: bool) -> str:
    return (
        "SET LOCAL check_function_bodies = off;\nSET LOCAL ROLE wsr_searcher;"
        + _ends("complaints_supplier_known", "NEW.id", "updated_at", of_all=of_all)
        + _ends("complaints_respondent_named", "NEW.complaint_id", "added_at", of_all=of_all)
        + "SET LOCAL ROLE wsr_owner;"
    )


class Migration(migrations.Migration):

    dependencies = [("complaints", "0031_walls_close_requests_for_visits")]

    operations = [
        migrations.RunSQL(ONE_WITH, NOT_ONE_WITH),
        migrations.RunSQL(MERGED, NOT_MERGED),
        migrations.RunSQL(_leave(of_all=True), _leave(of_all=False)),
    ]
