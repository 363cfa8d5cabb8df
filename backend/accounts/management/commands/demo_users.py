"""`manage.py demo_users`: people to try the product with. Never in staging or prod."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.accounts import groups
from backend.accounts.models import User


class Person(NamedTuple):
    username: str
    agent_id: str | None
    group: str
    first_name: str

    @property
    def password(self) -> str:
        return f"{self.username}-demo-pass"

    @property
    def in_admin(self) -> bool:
        return self.group != groups.AGENT


PEOPLE = (
    Person("alice", "AG-001", groups.AGENT, "Alice"),
    Person("charlie", "AG-002", groups.AGENT, "Charlie"),
    Person("bob", None, groups.ADMIN, "Bob"),
    Person("ana", None, groups.ANALYST, "Ana"),
    Person("peter", None, groups.PUBLISHER, "Peter"),
    Person("rita", None, groups.REVIEWER, "Rita"),
    Person("victor", None, groups.VIEWER, "Victor"),
)


class Command(BaseCommand):
    help = "Create the demo users (or give them their passwords back) and print them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print them as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENVIRONMENT not in {"local", "dev"}:
            raise CommandError(f"Demo users have known passwords: not in {settings.ENVIRONMENT}.")
        for person in PEOPLE:
            user_ensure(person)
        self.stdout.write(as_json() if options["json"] else as_table())


def user_ensure(person: Person) -> User:
    user, _ = User.objects.get_or_create(username=person.username)
    user.first_name = person.first_name
    user.agent_id = person.agent_id
    user.is_active, user.is_staff = True, person.in_admin
    user.is_superuser = person.group == groups.ADMIN
    user.set_password(person.password)
    user.save()
    user.groups.set([Group.objects.get(name=person.group)])
    return user


def as_json() -> str:
    return json.dumps([{**person._asdict(), "password": person.password} for person in PEOPLE], indent=1)


def as_table() -> str:
    rows = [("user", "password", "group", "agent id")]
    rows += [(person.username, person.password, person.group, person.agent_id or "-") for person in PEOPLE]
    return "\n".join("{:10}{:20}{:12}{}".format(*row) for row in rows)
