"""Which roles each address of the API is for. A new address without a row fails, and so does a row without an address."""

VISITORS = frozenset({"auditor", "director", "inspector_in_charge"})  # who accepts assignments and records
READERS = VISITORS | {"case_handler"}
RESULTS = READERS | {"observer"}

# Below /api/v1/programs/<slug>/; the root is for every token and lists what it reaches.
ROWS: dict[str, frozenset[str]] = {
    "GET assignments/": VISITORS,
    "GET assignments/<uuid:assignment_id>/": VISITORS,
    "POST assignments/<uuid:assignment_id>/accept/": VISITORS,
    "POST assignments/<uuid:assignment_id>/decline/": VISITORS,
    "GET findings/<uuid:record_id>/": READERS,
    "PATCH findings/<uuid:record_id>/": VISITORS,
    "POST findings/<uuid:record_id>/withdraw/": VISITORS,
    "GET inspections/": READERS,
    "GET inspections/<uuid:inspection_id>/": READERS,
    "PATCH inspections/<uuid:inspection_id>/": VISITORS,
    "GET inspections/<uuid:inspection_id>/actions/": RESULTS,
    "POST inspections/<uuid:inspection_id>/arrive/": VISITORS,
    "GET inspections/<uuid:inspection_id>/checklist/": READERS,
    "GET inspections/<uuid:inspection_id>/earlier-findings/": RESULTS,
    "GET inspections/<uuid:inspection_id>/findings/": READERS,
    "POST inspections/<uuid:inspection_id>/findings/": VISITORS,
    "POST inspections/<uuid:inspection_id>/findings/bulk/": VISITORS,
    "GET inspections/<uuid:inspection_id>/interviews/": READERS,
    "POST inspections/<uuid:inspection_id>/interviews/": VISITORS,
    "POST inspections/<uuid:inspection_id>/leave/": VISITORS,
    "GET inspections/<uuid:inspection_id>/responses/": READERS,
    "POST inspections/<uuid:inspection_id>/responses/": VISITORS,
    "POST inspections/<uuid:inspection_id>/submit/": VISITORS,
    "GET inspections/<uuid:inspection_id>/team/": READERS,
    "GET interviews/<uuid:record_id>/": READERS,
    "PATCH interviews/<uuid:record_id>/": VISITORS,
    "GET me/": READERS,
    "GET responses/<uuid:record_id>/": READERS,
    "PATCH responses/<uuid:record_id>/": VISITORS,
    "GET sync/actions/": RESULTS,
    "GET sync/assignments/": VISITORS,
    "POST sync/batch/": VISITORS,
    "GET sync/evidence/": READERS,
    "GET sync/findings/": READERS,
    "GET sync/inspections/": READERS,
    "GET sync/interviews/": READERS,
    "GET sync/questions/": READERS,
    "GET sync/reports/": RESULTS,
    "GET sync/responses/": READERS,
}
