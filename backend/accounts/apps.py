from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "backend.accounts"
    label = "accounts"

    def ready(self) -> None:
        from backend.accounts.groups import permissions_assign

        # A permission exists only after every app's post_migrate, so a migration cannot hand it out.
        post_migrate.connect(permissions_assign, dispatch_uid="accounts.permissions_assign")
