from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models

AGENT_ID = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z", "Letters, digits, - and _, at most 64.")


class User(AbstractUser):
    """`agent_id` is set for insurance agents; it is a path segment of every object key of theirs."""

    agent_id = models.CharField(max_length=64, unique=True, null=True, blank=True, validators=[AGENT_ID])

    class Meta(AbstractUser.Meta):
        db_table = "users"

    def clean(self) -> None:
        super().clean()
        # Several people without an agent id are several NULLs; several "" would collide.
        self.agent_id = self.agent_id or None
