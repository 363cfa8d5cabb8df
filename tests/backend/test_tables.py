"""The three tables by their names, with the columns and indexes that others may rely on."""

from __future__ import annotations

import pytest
from django.db import connection

COLUMNS = {
    "documents": "id object_key doc_type agent_id quote_id size_bytes mime checksum created_at",
    "extraction_jobs": (
        "id object_key state engine correlation_id attempts last_error created_at updated_at completed_at"
    ),
    "extraction_results": "id job_id fields raw_json_s3_key confidence",
}
TYPES = {
    ("extraction_jobs", "id"): "uuid",
    ("extraction_results", "job_id"): "uuid",
    ("extraction_results", "fields"): "jsonb",
    ("extraction_results", "confidence"): "jsonb",
}


def types_of(table: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [table])
        return dict(cursor.fetchall())


@pytest.mark.parametrize("table", COLUMNS)
def test_a_table_has_its_columns(db, table):
    there = types_of(table)

    assert set(COLUMNS[table].split()) <= set(there)
    wanted = {column: kind for (name, column), kind in TYPES.items() if name == table}
    assert {column: there[column] for column in wanted} == wanted


@pytest.mark.parametrize(
    ("table", "column"),
    [("documents", "created_at"), ("extraction_jobs", "state"), ("extraction_jobs", "created_at")],
)
def test_an_index_begins_with(db, table, column):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)

    assert column in {one["columns"][0] for one in found.values() if one["index"] and one["columns"]}


def test_a_result_belongs_to_a_job(db):
    with connection.cursor() as cursor:
        relations = connection.introspection.get_relations(cursor, "extraction_results")

    assert relations["job_id"] == ("id", "extraction_jobs")
