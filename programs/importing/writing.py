"""Writing staged rows into the program: one statement per table, never a loop over rows.

Every statement notes what it wrote in `imports_change`, with the whole row as it was, so that undo can restore it exactly.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import connections

from wsr.tenancy import current_alias, current_program_id

# One wanted state per matched workplace. Volatile facts follow the newest list, gaps are filled, names are never replaced.
_FACTS = """
SELECT DISTINCT ON (w.id) w.id,
  coalesce((r.cleaned->>'worker_count')::int, w.worker_count) AS worker_count,
  CASE WHEN jsonb_array_length(r.cleaned->'products') > 0
       THEN ARRAY(SELECT jsonb_array_elements_text(r.cleaned->'products'))::varchar(200)[] ELSE w.products END AS products,
  coalesce(nullif(r.cleaned->>'sector', ''), w.sector)::varchar(100) AS sector,
  coalesce(nullif(r.cleaned->>'kind', ''), w.kind)::varchar(100) AS kind,
  CASE WHEN r.cleaned->>'external_id' <> '' AND r.cleaned->>'address' <> '' THEN r.cleaned->>'address'
       ELSE coalesce(nullif(w.address, ''), r.cleaned->>'address') END::varchar(600) AS address,
  CASE WHEN (r.cleaned->>'external_id' <> '' AND r.cleaned->>'address' <> '') OR w.address = '' THEN r.cleaned->>'address_key'
       ELSE w.address_key END::varchar(600) AS address_key,
  coalesce(nullif(w.city, ''), r.cleaned->>'city')::varchar(200) AS city,
  coalesce(nullif(w.region, ''), r.cleaned->>'region')::varchar(200) AS region,
  coalesce(nullif(w.postal_code, ''), r.cleaned->>'postal_code')::varchar(20) AS postal_code,
  coalesce(w.latitude, (r.cleaned->>'latitude')::numeric(9,6)) AS latitude,
  coalesce(w.longitude, (r.cleaned->>'longitude')::numeric(9,6)) AS longitude,
  CASE WHEN r.name_key <> w.name_key AND NOT r.cleaned->>'name' = ANY (w.also_known_as)
       THEN w.also_known_as || (r.cleaned->>'name')::varchar(300) ELSE w.also_known_as END AS also_known_as
FROM imports_row r JOIN programs_workplace w ON w.program_id = r.program_id AND w.id = r.object_id
WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.status IN ('update', 'unchanged') AND r.same_as IS NULL
ORDER BY w.id, r.line
"""
# Where a list says more about the place than was known, the place is published no more exactly than the list may be.
_PLACE = "address, {0}.city, {0}.region, {0}.postal_code, {0}.latitude, {0}.longitude"
_EXACT_FIRST = "ARRAY['exact', 'rounded', 'county', 'withheld']"
_CHOSEN = "coalesce(nullif({}.defaults->>'precision', ''), 'rounded')"
_WANTED = f"""
SELECT s.*, CASE
  WHEN (s.{_PLACE.format("s")}) IS DISTINCT FROM (o.{_PLACE.format("o")})
    AND array_position({_EXACT_FIRST}, o.disclosure_precision::text) < array_position({_EXACT_FIRST}, c.chosen)
  THEN c.chosen ELSE o.disclosure_precision END::varchar(10) AS disclosure_precision
FROM ({_FACTS}) s
JOIN programs_workplace o ON o.program_id = %(program)s AND o.id = s.id
CROSS JOIN (SELECT {_CHOSEN.format("b")} AS chosen FROM imports_batch b WHERE b.program_id = %(program)s AND b.id = %(batch)s) c
"""  # noqa: S608 -- constants
_COLUMNS = "worker_count products sector kind address address_key city region postal_code latitude longitude also_known_as disclosure_precision".split()  # noqa: SIM905
_NEW = f"({', '.join(f'n.{name}' for name in _COLUMNS)})"
_OLD = f"({', '.join(f'w.{name}' for name in _COLUMNS)})"

_LOG = """
INSERT INTO imports_change (program_id, batch_id, step, "table", object_id, act, before, after, kept)
SELECT %(program)s, %(batch)s, {step}, '{table}', id, '{act}', {before}, NULL, '' FROM {rows}
"""


def mark_changed_workplaces(batch_id: UUID) -> None:
    """Rows whose workplace would change become `update`."""
    _run(
        f"""
        WITH n AS ({_WANTED})
        UPDATE imports_row r SET status = CASE r.status WHEN 'update' THEN 'unchanged' ELSE 'update' END
        FROM n JOIN programs_workplace w ON w.program_id = %(program)s AND w.id = n.id
        WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.object_id = n.id AND r.same_as IS NULL
          AND r.status IN ('update', 'unchanged') AND (r.status = 'update') <> ({_NEW} IS DISTINCT FROM {_OLD})
        """,  # noqa: S608 -- constants
        batch_id,
    )


def mark_new_sourcing(batch_id: UUID) -> None:
    """Rows of known workplaces whose brand is not yet known to buy there become `update`."""
    _run(
        """
        UPDATE imports_row r SET status = 'update', reason = ''
        WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.status = 'unchanged' AND r.object_id IS NOT NULL
          AND NOT EXISTS (
            SELECT FROM programs_sourcing s JOIN programs_participation b ON b.program_id = s.program_id AND b.id = s.brand_id
            WHERE s.program_id = %(program)s AND s.workplace_id = r.object_id AND s.ended_on IS NULL
              AND b.name_key = r.cleaned->>'brand_key')
        """,
        batch_id,
    )


def write_workplaces(batch_id: UUID, at: datetime, step: Callable[[], None]) -> dict[str, int]:
    """Suppliers, workplaces, changes. Returns {suppliers, created, changed}."""
    suppliers = _run(_NEW_SUPPLIERS + _log(1, "programs_participation", "insert"), batch_id, at)
    step()
    created = _run(_NEW_WORKPLACES + _log(2, "programs_workplace", "insert"), batch_id, at)
    step()
    changed = _run(
        f"""WITH n AS ({_WANTED}), made AS (
          SELECT w.id, to_jsonb(w) AS was FROM n JOIN programs_workplace w ON w.program_id = %(program)s AND w.id = n.id
          WHERE {_NEW} IS DISTINCT FROM {_OLD}),
        noted AS ({_log(3, "programs_workplace", "update", "was")})
        UPDATE programs_workplace w SET {", ".join(f"{name} = n.{name}" for name in _COLUMNS)}, updated_at = %(at)s
        FROM n JOIN made ON made.id = n.id WHERE w.program_id = %(program)s AND w.id = n.id""",  # noqa: S608
        batch_id,
        at,
    )
    step()
    return {"suppliers": suppliers, "workplaces": created, "changed": changed}


def write_sourcing(batch_id: UUID, at: datetime, step: Callable[[], None]) -> dict[str, int]:
    """Brands and who they buy from. Returns {brands, sourcing}."""
    brands = _run(_NEW_BRANDS + _log(4, "programs_participation", "insert"), batch_id, at)
    step()
    sourcing = _run(_NEW_SOURCING + _log(5, "programs_sourcing", "insert"), batch_id, at)
    step()
    return {"brands": brands, "sourcing": sourcing}


# Without a standing: being on somebody's list says nothing of how a supplier stands, and silence is never read as good.
_NEW_SUPPLIERS = """
WITH made AS (
  INSERT INTO programs_participation (program_id, part, name, name_key, parent_name, country, website, lei, os_id, registry_number,
    rung, created_at, updated_at)
  SELECT DISTINCT ON (r.cleaned->>'supplier_key', r.country) %(program)s, 'supplier', left(r.cleaned->>'supplier_name', 300),
    r.cleaned->>'supplier_key', r.cleaned->>'parent', r.country, '', '', '', '',
    '', %(at)s, %(at)s
  FROM imports_row r
  WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.status = 'create' AND NOT EXISTS (
    SELECT FROM programs_participation p WHERE p.program_id = %(program)s AND p.part = 'supplier'
      AND p.name_key = r.cleaned->>'supplier_key' AND p.country = r.country AND p.ended_on IS NULL)
  ORDER BY r.cleaned->>'supplier_key', r.country, r.line
  RETURNING id)
"""

_NEW_WORKPLACES = """
WITH suppliers AS MATERIALIZED (
  SELECT DISTINCT ON (name_key, country) id, name_key, country FROM programs_participation
  WHERE program_id = %(program)s AND part = 'supplier' AND ended_on IS NULL ORDER BY name_key, country, created_at, id),
made AS (
  INSERT INTO programs_workplace (id, program_id, supplier_id, name, name_key, also_known_as, address, address_key, city, region, postal_code,
    country, latitude, longitude, disclosure_precision, sector, kind, products, languages, worker_count, os_id, external_ids, created_at, updated_at)
  SELECT r.object_id, %(program)s, p.id, r.cleaned->>'name', r.name_key, '{}', r.cleaned->>'address', r.cleaned->>'address_key',
    r.cleaned->>'city', r.cleaned->>'region', r.cleaned->>'postal_code', r.country, (r.cleaned->>'latitude')::numeric,
    (r.cleaned->>'longitude')::numeric, coalesce(nullif(b.defaults->>'precision', ''), 'rounded'), r.cleaned->>'sector', r.cleaned->>'kind',
    ARRAY(SELECT jsonb_array_elements_text(r.cleaned->'products')), '{}', (r.cleaned->>'worker_count')::int, '',
    CASE WHEN r.cleaned->>'external_id' = '' THEN '{}' ELSE jsonb_build_object(b.source, r.cleaned->>'external_id') END, %(at)s, %(at)s
  FROM imports_row r
  JOIN imports_batch b ON b.program_id = r.program_id AND b.id = r.batch_id
  JOIN suppliers p ON p.name_key = r.cleaned->>'supplier_key' AND p.country = r.country
  WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.status = 'create'
  RETURNING id)
"""

_NEW_BRANDS = """
WITH made AS (
  INSERT INTO programs_participation (program_id, part, name, name_key, parent_name, country, website, lei, os_id, registry_number,
    rung, created_at, updated_at)
  SELECT DISTINCT ON (r.cleaned->>'brand_key') %(program)s, 'brand', r.cleaned->>'brand', r.cleaned->>'brand_key', '', '', '', '', '', '', '',
    %(at)s, %(at)s
  FROM imports_row r
  WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.object_id IS NOT NULL AND r.status IN ('create', 'update', 'unchanged')
    AND NOT EXISTS (SELECT FROM programs_participation p WHERE p.program_id = %(program)s AND p.part = 'brand'
      AND p.name_key = r.cleaned->>'brand_key' AND p.ended_on IS NULL)
  ORDER BY r.cleaned->>'brand_key', r.line
  RETURNING id)
"""

_NEW_SOURCING = """
WITH made AS (
  INSERT INTO programs_sourcing (program_id, brand_id, supplier_id, workplace_id, tier, created_at, updated_at)
  SELECT DISTINCT ON (b.id, w.id) %(program)s, b.id, w.supplier_id, w.id, r.cleaned->>'tier', %(at)s, %(at)s
  FROM imports_row r
  JOIN programs_workplace w ON w.program_id = r.program_id AND w.id = r.object_id
  JOIN programs_participation b ON b.program_id = r.program_id AND b.part = 'brand' AND b.name_key = r.cleaned->>'brand_key' AND b.ended_on IS NULL
  WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.status IN ('create', 'update', 'unchanged') AND NOT EXISTS (
    SELECT FROM programs_sourcing s WHERE s.program_id = %(program)s AND s.brand_id = b.id AND s.workplace_id = w.id AND s.ended_on IS NULL)
  ORDER BY b.id, w.id, r.line
  RETURNING id)
"""


def _log(step: int, table: str, act: str, before: str = "NULL") -> str:
    return _LOG.format(step=step, table=table, act=act, before=before, rows="made")


def _run(statement: str, batch_id: UUID, at: datetime | None = None) -> int:
    with connections[current_alias()].cursor() as cursor:
        cursor.execute(statement, {"program": current_program_id(), "batch": batch_id, "at": at})
        return cursor.rowcount


# ── Citations ────────────────────────────────────────────────────────────────────────────────────

_CITATION = "is_paid is_withdrawn is_appealed is_affirmed".split()  # noqa: SIM905
_STATED = ", ".join(f"coalesce((r.cleaned->>'{name}')::boolean, c.{name}) AS {name}" for name in _CITATION)
_CITED = f"""
SELECT DISTINCT ON (c.id) c.id, {_STATED}, coalesce(c.supplier_id, r.object_id) AS supplier_id
FROM imports_row r JOIN programs_citation c ON c.program_id = r.program_id AND c.identity = r.identity
WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.status IN ('create', 'update', 'unchanged') ORDER BY c.id, r.line
"""  # noqa: S608 -- constants
_CITED_NEW = f"({', '.join(f'n.{name}' for name in _CITATION)}, n.supplier_id)"
_CITED_OLD = f"({', '.join(f'c.{name}' for name in _CITATION)}, c.supplier_id)"


def mark_known_citations(batch_id: UUID) -> None:
    """Rows on record already become `unchanged`, or `update` where the list says something new. The rest stays `create`."""
    _run(
        f"""WITH n AS ({_CITED})
        UPDATE imports_row r SET status = CASE WHEN {_CITED_NEW} IS DISTINCT FROM {_CITED_OLD} THEN 'update' ELSE 'unchanged' END,
          candidates = '[]', score = NULL, reason = ''
        FROM n JOIN programs_citation c ON c.program_id = %(program)s AND c.id = n.id
        WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.identity = c.identity AND r.status <> 'skip'""",  # noqa: S608
        batch_id,
    )
    _run(
        """UPDATE imports_row r SET status = 'create' WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.status = 'unchanged'
        AND r.same_as IS NULL AND NOT EXISTS (
          SELECT FROM programs_citation c WHERE c.program_id = r.program_id AND c.identity = r.identity)""",
        batch_id,
    )


def write_citations(batch_id: UUID, at: datetime, step: Callable[[], None]) -> dict[str, int]:
    """New citations, then what the list says newly of known ones. Returns {citations, changed}."""
    created = _run(_NEW_CITATIONS + _log(1, "programs_citation", "insert"), batch_id, at)
    step()
    joined = f"FROM n JOIN programs_citation c ON c.program_id = %(program)s AND c.id = n.id WHERE {_CITED_NEW} IS DISTINCT FROM {_CITED_OLD}"
    changed = _run(
        f"WITH n AS ({_CITED}), made AS (SELECT c.id, to_jsonb(c) AS was {joined})"
        + _log(2, "programs_citation", "update", "was"),
        batch_id,
        at,
    )
    _run(
        f"""WITH n AS ({_CITED})
        UPDATE programs_citation c SET {", ".join(f"{name} = n.{name}" for name in [*_CITATION, "supplier_id"])}, updated_at = %(at)s
        FROM n WHERE c.program_id = %(program)s AND c.id = n.id AND {_CITED_NEW} IS DISTINCT FROM {_CITED_OLD}""",  # noqa: S608
        batch_id,
        at,
    )
    step()
    return {"citations": created, "changed": changed}


_NEW_CITATIONS = """
WITH made AS (
  INSERT INTO programs_citation (program_id, supplier_id, identity, number, legal_name, trade_name, name_key, cited_on, amount, currency,
    is_paid, is_withdrawn, is_appealed, is_affirmed, hearing_on, created_at, updated_at)
  SELECT %(program)s, r.object_id, r.identity, r.cleaned->>'number', r.cleaned->>'legal_name', r.cleaned->>'trade_name', r.name_key,
    (r.cleaned->>'cited_on')::date, (r.cleaned->>'amount')::numeric, r.cleaned->>'currency', (r.cleaned->>'is_paid')::boolean,
    (r.cleaned->>'is_withdrawn')::boolean, (r.cleaned->>'is_appealed')::boolean, (r.cleaned->>'is_affirmed')::boolean,
    (r.cleaned->>'hearing_on')::date, %(at)s, %(at)s
  FROM imports_row r
  WHERE r.program_id = %(program)s AND r.batch_id = %(batch)s AND r.status = 'create'
  ON CONFLICT (program_id, identity) DO NOTHING
  RETURNING id)
"""
