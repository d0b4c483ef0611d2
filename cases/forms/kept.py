"""Files she chose for a form that was not right yet: kept for it, so that she chooses none of them twice."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from cases.forms.contents import File
from cases.forms.documents import clean_name, fingerprint_of, over_the_caps
from cases.models import Case, KeptFile
from cases.models.kept_file import KEPT

# She may be called away from a form; after a day she begins it anew.
KEPT_FOR = timedelta(days=1)
# Nothing is deleted under the hands of whoever sends it in the last moment.
GRACE = timedelta(hours=1)


def kept_of(case: Case, *, at: datetime) -> list[KeptFile]:
    """Return the files that wait for a form of this case; what became a paper meanwhile waits no longer."""
    papers = set(case.documents.values_list("kind", "sha256"))
    waiting = case.kept_files.filter(kept_at__gt=at - KEPT_FOR)
    return [kept for kept in waiting if (kept.kind, kept.sha256) not in papers]


def keep_for_later(case: Case, files: Sequence[tuple[str, File]], *, at: datetime) -> list[tuple[str, ValidationError]]:
    """Keep the good files of a form that is not right yet, each once; return what no longer fits, by its kind."""
    refused: list[tuple[str, ValidationError]] = []
    with transaction.atomic():
        # Two boxes may be sent at once.
        Case.objects.locked().values_list("pk").get(pk=case.pk)
        # A file whose day was over is taken anew.
        drop(case.kept_files.filter(kept_at__lte=at - KEPT_FOR))
        there = {*case.kept_files.values_list("kind", "sha256"), *case.documents.values_list("kind", "sha256")}
        # The form looked at the caps before the lock: another window may have been faster.
        sizes = [*case.kept_files.values_list("size", flat=True), *case.documents.values_list("size", flat=True)]
        for kind, file in files:
            name, fingerprint = clean_name(file.name or ""), fingerprint_of(file)
            if (kind, fingerprint) in there:
                continue
            too_much = over_the_caps(sizes, file)
            if too_much is not None:
                refused.append((kind, too_much))
                continue
            there.add((kind, fingerprint))
            sizes.append(file.size or 0)
            kept = KeptFile(
                case=case, kind=kind, original_name=name, size=file.size or 0, sha256=fingerprint, kept_at=at
            )
            kept.file.save(kept.key.hex, file, save=False)
            kept.save()
    return refused


@contextmanager
def opened(waiting: Iterable[KeptFile]) -> Iterator[list[tuple[str, File]]]:
    """Open kept files as if she had just chosen them; what somebody else sent meanwhile is not among them."""
    files: list[tuple[str, File]] = []
    with ExitStack() as stack:
        for kept in waiting:
            with contextlib.suppress(FileNotFoundError):
                content = stack.enter_context(kept.file.open("rb"))
                files.append((kept.kind, UploadedFile(content, name=kept.original_name, size=kept.size)))
        yield files


def drop(waiting: Iterable[KeptFile]) -> None:
    """Delete kept files, their rows first: a row never points nowhere."""
    for kept in waiting:
        storage, name = kept.file.storage, kept.file.name or ""
        with transaction.atomic():
            KeptFile.objects.filter(pk=kept.pk).delete()
            transaction.on_commit(partial(storage.delete, name))


def drop_old(*, at: datetime) -> int:
    """Delete what nobody sent within its day, and what a killed process left without a row; return how many."""
    before = at - KEPT_FOR - GRACE
    old = list(KeptFile.objects.filter(kept_at__lte=before))
    drop(old)
    known = set(KeptFile.objects.values_list("file", flat=True))
    lost = [name for name in _stored() if name not in known and _written(name, at=at) <= before]
    for name in lost:
        default_storage.delete(name)
    return len(old) + len(lost)


def _stored() -> list[str]:
    try:
        return [f"{KEPT}/{name}" for name in default_storage.listdir(KEPT)[1]]
    except FileNotFoundError:  # nothing was ever kept
        return []


def _written(name: str, *, at: datetime) -> datetime:
    try:
        return default_storage.get_modified_time(name)
    except FileNotFoundError:  # another worker was faster
        return at


def keys_in(sent: Sequence[str]) -> set[UUID]:
    """Return the keys among what was sent; what is none is left out."""
    keys = set()
    for text in sent:
        with contextlib.suppress(ValueError):
            keys.add(UUID(text))
    return keys
