"""Saving libraries: shared fields that specs extend, in immutable, numbered revisions as specs are."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction

import mapping_specs
from backend.accounts.models import User
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.specs.models import Library, LibraryRevision
from backend.specs.reading import ReadText, libraries_newest, note_normalize, shipped, text_normalize, text_sha256

NO_BASES: Mapping[str, int] = {}
log = structlog.get_logger(__name__)


@transaction.atomic
def library_save(
    *, name: str, text: str, author: User | None, note: str = "", base: int | None = None
) -> tuple[LibraryRevision, bool]:
    """Save `text` as a new revision; (the newest one, False) if nothing changed. No saved spec reads it before it is saved again.

    `author` None is a command; `base` is the number the text was made from, 0 for none. Raises `Invalid` LIBRARY_NAME and
    LIBRARY_HAS_PROBLEMS, `Conflict` CHANGED_MEANWHILE.
    """
    bases = {} if base is None else {name: base}
    [saved] = libraries_save(texts={name: text}, author=author, note=note, bases=bases)
    return saved


@transaction.atomic
def libraries_save(
    *, texts: Mapping[str, str], author: User | None, note: str = "", bases: Mapping[str, int] = NO_BASES
) -> list[tuple[LibraryRevision, bool]]:
    """As `library_save`, of several that may extend each other; `bases` by name. All of them are saved, or none."""
    _may_edit(author)
    texts = {name: text_normalize(text) for name, text in texts.items()}
    return [_saved(name, texts, author, note, bases.get(name)) for name in sorted(texts)]


def _saved(
    name: str, texts: Mapping[str, str], author: User | None, note: str, base: int | None
) -> tuple[LibraryRevision, bool]:
    library, text = _locked(name), texts[name]
    newest = library.revisions.select_related("author").first()
    if newest and newest.text == text:
        return newest, False
    _unchanged_since(base, newest)
    _sound(name, texts)
    return _add(library, newest, text, author=author, note=note), True


def _add(
    library: Library, newest: LibraryRevision | None, text: str, *, author: User | None, note: str
) -> LibraryRevision:
    number = newest.number + 1 if newest else 1
    revision = LibraryRevision.objects.create(
        library=library, number=number, text=text, sha256=text_sha256(text), author=author, note=note_normalize(note)
    )
    log.info("library_saved", library=library.name, revision=number)
    return revision


def _may_edit(user: User | None) -> None:
    if user and not user.has_perm("specs.add_specrevision"):
        raise Forbidden("EDIT_NOT_ALLOWED", "You may not edit libraries.")


def _locked(name: str) -> Library:
    """The library, made where there is none; nobody else saves it before this transaction ends."""
    found = Library(name=name)
    try:
        found.clean_fields()
    except ValidationError as error:
        raise Invalid("LIBRARY_NAME", f"The name of a library: {error.messages[0]}", field="name") from None
    Library.objects.get_or_create(name=name)
    return Library.objects.select_for_update().get(name=name)


def _unchanged_since(base: int | None, newest: LibraryRevision | None) -> None:
    number = newest.number if newest else 0
    if base is None or base == number:
        return
    if newest is None:
        raise Conflict("CHANGED_MEANWHILE", f"Revision {base} does not exist.", newestNumber=0)
    author = newest.author.get_username() if newest.author else "a command"
    began = f"your text was made from revision {base}" if base else "you meant to make a new library"
    message = f"{author} saved revision {number} of {newest.library} meanwhile; {began}. Nothing was saved."
    raise Conflict("CHANGED_MEANWHILE", message, newestNumber=number, author=author)


def _sound(name: str, texts: Mapping[str, str]) -> None:
    problems = mapping_specs.check_library(texts[name], {**libraries_newest().texts, **texts})
    if problems:
        raise Invalid(
            "LIBRARY_HAS_PROBLEMS",
            f"{name} has {len(problems)} problem{'s' if len(problems) > 1 else ''}. Nothing was saved.",
            problems=[problem.to_dict() for problem in problems],
        )


def library_restore(*, library: Library, number: int, user: User) -> tuple[LibraryRevision, bool]:
    """The text of an older revision as the newest one. Nothing in between is lost."""
    _may_edit(user)
    older = library.revisions.filter(number=number).first()
    if older is None:
        raise NotFound("REVISION_NOT_FOUND", f"{library} has no revision {number}.")
    note = f"Restored from revision {number}"
    return library_save(name=library.name, text=older.text, author=user, note=note)


def shipped_enter(read: ReadText) -> bool:
    """What the text extends and only the engine has yet becomes revision 1, so that it can be pinned. True: there was some."""
    missing = sorted(set(read.reading.libraries) - set(read.pins))
    for name in missing:
        library = _locked(name)
        if not library.revisions.exists():
            note = f"As it comes with engine {mapping_specs.ENGINE_VERSION}"
            _add(library, None, shipped()[name], author=None, note=note)
    return bool(missing)
