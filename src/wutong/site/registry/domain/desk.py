"""Tags and saved views."""

from __future__ import annotations

from collections.abc import Sequence

from wutong.site.core.domain.audit import record, writes
from wutong.site.core.models import User, Zone
from wutong.site.registry.models import Company, SavedView, Tag


@writes("company.tag")
def tag_companies(*, actor: User, zone: Zone, companies: Sequence[Company], name: str, remove: bool = False) -> Tag:
    """Put a tag on companies of the zone, or take it off; one event holds how many."""
    tag, _made = Tag.objects.get_or_create(zone=zone, name=name.strip())
    if remove:
        tag.companies.remove(*companies)
    else:
        tag.companies.add(*companies)
    record(actor, tag, companies=len(companies), remove=remove)
    return tag


@writes("view.save")
def save_view(*, actor: User, zone: Zone, name: str, query: str, is_shared: bool) -> SavedView:
    """Keep a filter of the list of companies under a name; the own view of that name is replaced."""
    view, _made = SavedView.objects.update_or_create(
        zone=zone, owner=actor, name=name, defaults={"query": query, "is_shared": is_shared})
    record(actor, view, query=query, is_shared=is_shared)
    return view


@writes("view.remove")
def remove_view(*, actor: User, view: SavedView) -> None:
    """Remove a saved view."""
    record(actor, view, query=view.query)
    view.delete()
