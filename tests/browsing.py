"""What a person does in a browser, by HTTP: file, conclude, ask, answer. Everything a form shows is sent back."""

import io
from collections.abc import Mapping
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from cases.models import Case, User
from cases.services import service_of
from workflows.models import WorkItem

A_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\n0000000000 65535 f \n"
    b"trailer<</Root 1 0 R>>\nstartxref\n43\n%%EOF\n"
)


def a_file(name: str, content: bytes) -> SimpleUploadedFile:
    """Return a file to upload."""
    return SimpleUploadedFile(name, content)


def a_pdf(name: str = "giay.pdf") -> SimpleUploadedFile:
    """Return a small PDF, different for every name."""
    return a_file(name, A_PDF + f"% {name}\n".encode())


def a_picture(format_name: str = "JPEG", *, size: tuple[int, int] = (120, 80), mode: str = "RGB", **more: Any) -> bytes:
    """Return a picture with a red corner at its top left."""
    picture = Image.new(mode, size, "white")
    picture.paste("red" if mode in ("RGB", "RGBA") else 0, (0, 0, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    picture.save(out, format_name, **more)
    return out.getvalue()


def signed_in(user: User) -> Client:
    """Return a client signed in as this person."""
    client = Client()
    client.force_login(user)
    return client


class _Hidden(HTMLParser):
    """Collects the hidden fields of a page's forms."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        field = dict(attrs)
        if tag == "input" and field.get("type") == "hidden" and field.get("name") != "csrfmiddlewaretoken":
            self.values.setdefault(str(field["name"]), field.get("value") or "")


def hidden(response: Any) -> dict[str, str]:
    """Return the hidden fields of a page."""
    return _Hidden(response.content.decode()).values


def as_boxes(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers as the boxes of a form take them: a date in three, lines in numbered boxes."""
    posted: dict[str, Any] = {}
    for name, value in answers.items():
        if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
            year, month, day = value.split("-")
            posted |= {f"{name}_day": day, f"{name}_month": month, f"{name}_year": year}
        elif isinstance(value, list):
            posted |= {
                f"{name}-{number}-{part}": text for number, line in enumerate(value) for part, text in line.items()
            }
        else:
            posted[name] = "" if value is None else value
    return posted


def start(user: User, service: str = "legal_advice") -> tuple[Client, Case]:
    """Begin a draft."""
    client = signed_in(user)
    client.post(reverse("cases:start", args=[service]))
    return client, Case.objects.filter(applicant=user).latest("pk")


def fill_in(client: Client, case: Case, answers: Mapping[str, Any]) -> None:
    """Fill in every page that is asked."""
    service = service_of(case)
    slug = service.pages[0].slug
    done: set[str] = set()
    while True:
        page = next(page for page in service.pages if page.slug == slug)
        values = {name: answers.get(name, "") for name in page.form.base_fields}
        response = client.post(reverse("cases:page", args=[case.key, slug]), as_boxes(values))
        assert response.status_code == 302, response.content.decode()
        done.add(slug)
        case.answers.refresh_from_db()
        rest = [page.slug for page in service.asked(case.answers.data) if page.slug not in done]
        if not rest:
            return
        slug = rest[0]


def add_paper(client: Client, case: Case, kind: str, *files: SimpleUploadedFile) -> Any:
    """Add papers of one kind to a draft."""
    page = reverse("cases:papers", args=[case.key])
    return client.post(page, {f"paper_{kind}": list(files) or [a_pdf()], "add": ""})


def send(client: Client, case: Case, *, without: tuple[str, ...] = ()) -> Any:
    """Check the answers, allow everything, send."""
    page = client.get(reverse("cases:check", args=[case.key]))
    consents = [consent.purpose for consent in service_of(case).consents if consent.purpose not in without]
    return client.post(
        reverse("workflows:submit", args=[case.key]),
        {**hidden(page), **dict.fromkeys(consents, "on"), "consents": consents},
    )


def file(
    user: User,
    answers: Mapping[str, Any],
    *,
    papers: tuple[str, ...] = (),
    at: datetime,
    service: str = "legal_advice",
) -> Case:
    """File a case from the first page to the confirmation."""
    with time_machine.travel(at, tick=False):
        client, case = start(user, service)
        fill_in(client, case, answers)
        for kind in papers:
            assert add_paper(client, case, kind).status_code == 302
        response = send(client, case)
    assert response.status_code == 302, response.content.decode()
    case.refresh_from_db()
    return case


def open_item(case: Case, node: str) -> WorkItem:
    """Return the open work item of a node."""
    return WorkItem.objects.get(case=case, node=node, finished_at__isnull=True)


def conclude(user: User, case: Case, node: str, verdict: str, *, at: datetime, **given: Any) -> Any:
    """Open the item's page, fill in the conclusion, send it; return the response."""
    item = open_item(case, node)
    with time_machine.travel(at, tick=False):
        client = signed_in(user)
        page = client.get(reverse("workflows:item", args=[item.pk]))
        response = client.post(
            reverse("workflows:decide", args=[item.pk]),
            {**hidden(page), "verdict": verdict, "reason_code": "FACTS_CLEAR", "send": "1", **given},
        )
    case.refresh_from_db()
    return response


def ask(user: User, case: Case, node: str, *, question: str, at: datetime, **given: Any) -> Any:
    """Open the page of a question to her and send it."""
    item = open_item(case, node)
    with time_machine.travel(at, tick=False):
        client = signed_in(user)
        page = client.get(reverse("workflows:ask", args=[item.pk]))
        response = client.post(
            reverse("workflows:ask", args=[item.pk]), {**hidden(page), "question": question, **given}
        )
    case.refresh_from_db()
    return response


def reply(user: User, case: Case, *, text: str, at: datetime, **corrections: Any) -> Any:
    """Open the page of her answer and send it."""
    with time_machine.travel(at, tick=False):
        client = signed_in(user)
        page = client.get(reverse("workflows:answer", args=[case.key]))
        response = client.post(
            reverse("workflows:answer", args=[case.key]), {**hidden(page), "reply": text, **as_boxes(corrections)}
        )
    case.refresh_from_db()
    return response
