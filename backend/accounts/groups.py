"""Who may do what in the admin. Agents use the API alone."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

AGENT, VIEWER, ANALYST = "agent", "viewer", "analyst"
PUBLISHER, REVIEWER, ADMIN = "publisher", "reviewer", "admin"
GROUPS = (AGENT, VIEWER, ANALYST, PUBLISHER, REVIEWER, ADMIN)

OUR_APPS = ("accounts", "documents", "specs", "operations")
VIEW = Q(codename__startswith="view_", content_type__app_label__in=("documents", "specs"))
EDIT_SPECS = Q(codename__in=("add_mappingspec", "change_mappingspec", "add_specrevision"))
EDIT_SPECS |= Q(codename__in=("add_sample", "change_sample", "delete_sample"))
PUBLISH = Q(codename="publish_specrevision")
# Who writes a spec has to see what it finds. Viewers and reviewers are given it person by person.
SEE_PII = Q(codename="see_pii")
RETRY = Q(codename="retry_extractionjob")
EVERYTHING = Q(content_type__app_label__in=OUR_APPS) | Q(content_type__app_label="auth", content_type__model="group")

PERMISSIONS: dict[str, Q] = {
    VIEWER: VIEW,
    ANALYST: VIEW | EDIT_SPECS | SEE_PII,
    PUBLISHER: VIEW | EDIT_SPECS | SEE_PII | PUBLISH,
    REVIEWER: VIEW | RETRY,
    ADMIN: EVERYTHING,
}


def permissions_assign(sender: Any = None, using: str = DEFAULT_DB_ALIAS, **_kwargs: Any) -> None:
    """Give each group its permissions; adds what is missing, takes nothing an administrator gave."""
    if not apps.ready or not Group.objects.using(using).filter(name=ADMIN).exists():
        return
    for name, wanted in PERMISSIONS.items():
        permissions = Permission.objects.using(using).filter(wanted)
        Group.objects.using(using).get(name=name).permissions.add(*permissions)
