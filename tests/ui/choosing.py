"""What tests do with several rows of a list, as a person does it in the browser."""

import re

from wsr.tenancy import program_scope
from wsr.ui.models import BatchRow


def choose(client, program, rows=(), scope="chosen", query="", act="move", page="places/"):
    """Press the button below the list; the address of the page that comes."""
    sent = {"path": f"/p/{program.slug}/{page}", "query": query, "scope": scope, "act": act}
    sent["row"] = [str(getattr(row, "pk", row)) for row in rows]
    return client.post(f"/p/{program.slug}/several/", sent).url


def shown(client, url):
    """The mark of the preview that this page shows."""
    found = re.search(r'name="shown" value="([0-9a-f]+)"', client.get(url).text)
    return found[1] if found else ""


def step(client, url, step, **given):
    """Take the next step; the page after it. What is confirmed is what the page shows at that moment, unless the mark is given."""
    if step == "confirm":
        given.setdefault("shown", shown(client, url))
    return client.post(url, {"step": step, **given}, follow=True).content.decode()


def said(program, url, person):
    """{row: (state, words)} of what this person did."""
    with program_scope(program.pk, person_id=person.pk):
        rows = BatchRow.objects.filter(batch_id=url.rstrip("/").rsplit("/", 1)[1])
        return {row.title: (row.state, row.says) for row in rows.order_by("title")}
