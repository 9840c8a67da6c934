"""Made-up programs, suppliers and workplaces: 200 programs whose sizes fall like a Zipf law, names of common words."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connections

PROGRAMS = 200
WORDS = (
    "padma river mill knit cotton green valley sun north fair silk thread denim shirt hill farm orchard dairy meadow blue star "
    "union rose textile apparel garments fashion export composite sweater wash dyeing spinning unit international industries asia "
    "delta coast lake stone field harvest berry tomato citrus grove oak pine cedar maple iron bridge market east west south crown"
)

_FILL = """
SELECT setseed(0.42);
INSERT INTO tenancy_program (slug, name, blueprint, time_zone, language, created_at)
SELECT 'bench-' || n, 'Program ' || n, '', 'UTC', 'en', now() FROM generate_series(1, {programs}) AS n;
CREATE TEMP TABLE size AS
SELECT id, slug, greatest(5, ({places} * share / sum(share) OVER ())::int) AS places
FROM (SELECT id, slug, 1 / (substring(slug FROM 7)::numeric + 1.5) AS share FROM tenancy_program WHERE slug LIKE 'bench-%') AS shares;
CREATE TEMP TABLE word AS SELECT ARRAY['{words}']::text[] AS w;
CREATE FUNCTION pg_temp.pick(anything bigint) RETURNS text LANGUAGE sql VOLATILE AS
  $$ SELECT initcap(w[1 + floor(random() * cardinality(w))::int]) FROM word $$;
INSERT INTO programs_participation (program_id, part, name, name_key, parent_name, country, website, lei, os_id, registry_number, rung,
  created_at, updated_at)
SELECT id, 'supplier', name, upper(name), '', 'BD', '', '', '', '', '', now(), now() FROM (
  SELECT size.id, pg_temp.pick(n) || ' ' || pg_temp.pick(n) || ' Ltd. ' || n AS name
  FROM size, generate_series(1, greatest(1, size.places / 5)) AS n) AS made;
INSERT INTO programs_workplace (program_id, supplier_id, name, name_key, also_known_as, address, address_key, city, region, postal_code,
  country, disclosure_precision, sector, kind, products, languages, os_id, external_ids, closed_on, created_at, updated_at)
SELECT program_id, supplier_id, name, upper(name), '{{}}', address, upper(address), 'Gazipur', 'Dhaka', '1700', 'BD', 'exact', '', '', '{{Shirts}}', '{{}}', '',
  '{{}}', CASE WHEN random() < 0.8 THEN current_date END, now(), now() FROM (
  SELECT s.program_id, s.id AS supplier_id, pg_temp.pick(n) || ' ' || pg_temp.pick(n) || ' ' || pg_temp.pick(n) || ' ' || lpad(to_hex((random() * 1e9)::int), 4, '0') AS name,
    n || ' ' || pg_temp.pick(n) || ' Road' AS address
  FROM programs_participation s, generate_series(1, 5) AS n) AS made;
"""


@dataclass(frozen=True)
class Sizes:
    """How much of everything. `small` ends within minutes, `full` has the tables of the design."""

    places: int
    events: int
    published: int
    imported: int
    listings: int
    clocks: int
    cases: int


SCALES = {
    "small": Sizes(
        places=100_000,
        events=100_000,
        published=3_000,
        imported=5_000,
        listings=100_000,
        clocks=100_000,
        cases=20_000,
    ),
    "full": Sizes(
        places=1_000_000,
        events=1_000_000,
        published=100_000,
        imported=100_000,
        listings=100_000,
        clocks=1_000_000,
        cases=1_000_000,
    ),
}


def fill(sizes: Sizes) -> tuple[UUID, UUID]:
    """Make programs and workplaces; returns the largest program and the median one."""
    with connections["admin"].cursor() as cursor:
        cursor.execute(_FILL.format(programs=PROGRAMS, places=sizes.places, words="','".join(WORDS.split())))
        cursor.execute("VACUUM ANALYZE")
    return ends()


def ends() -> tuple[UUID, UUID]:
    """The largest program and the median one: they were made in the order of their sizes."""
    names = ["bench-1", f"bench-{PROGRAMS // 2 + 1}"]
    with connections["admin"].cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_program WHERE slug = ANY(%s) ORDER BY length(slug)", [names])
        largest, median = (row[0] for row in cursor.fetchall())
    return largest, median
