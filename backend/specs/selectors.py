from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.specs.models import Bundle, CurrentBundle, MappingSpec, SpecRevision


@dataclass(frozen=True, slots=True)
class PublishedTypes:
    bundle_id: str | None
    types: list[dict[str, Any]]


def bundle_current() -> Bundle | None:
    current = CurrentBundle.objects.select_related("bundle").filter(id=1).first()
    return current.bundle if current else None


def bundle_for(doc_type: str) -> Bundle | None:
    """The bundle a new job of this docType is mapped with; None where no spec of it is published."""
    bundle = bundle_current()
    return bundle if bundle and doc_type in bundle.revisions else None


def live_revisions() -> list[SpecRevision]:
    live = MappingSpec.objects.filter(live_revision__isnull=False).values("live_revision_id")
    return list(SpecRevision.objects.select_related("spec").filter(id__in=live).order_by("spec__doc_type"))


def types_published() -> PublishedTypes:
    """The docTypes of the current bundle, as clients see them."""
    bundle = bundle_current()
    if bundle is None:
        return PublishedTypes(None, [])
    numbers: dict[str, int] = bundle.revisions
    revisions = SpecRevision.objects.select_related("spec").filter(
        spec__doc_type__in=numbers, number__in=set(numbers.values())
    )
    packed = [found for found in revisions if numbers[found.spec.doc_type] == found.number]
    packed.sort(key=lambda found: found.spec.doc_type)
    return PublishedTypes(bundle.id, [_type(revision) for revision in packed])


def _type(revision: SpecRevision) -> dict[str, Any]:
    resolved = revision.resolved
    fields, tables = dict(resolved["fields"]), dict(resolved["tables"])
    for variant in resolved["variants"]:
        # A variant's new names can come out too.
        fields = {**variant["fields"], **fields}
        tables = {**variant["tables"], **tables}
    return {
        "docType": revision.spec.doc_type,
        "title": resolved["title"],
        "specRevision": revision.number,
        "fields": [_field(name, field) for name, field in fields.items()],
        "tables": [_table(name, table) for name, table in tables.items()],
    }


def _field(name: str, field: dict[str, Any]) -> dict[str, Any]:
    described = {
        "name": name,
        "type": field["type"],
        "required": field["required"],
        "title": field.get("title") or name.replace("_", " ").capitalize(),
    }
    if field.get("options"):
        described["options"] = list(dict.fromkeys(field["options"].values()))
    return described


def _table(name: str, table: dict[str, Any]) -> dict[str, Any]:
    columns = [{"name": column, "type": shape["type"]} for column, shape in table["columns"].items()]
    return {"name": name, "required": table["required"], "columns": columns}
