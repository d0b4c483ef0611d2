"""`manage.py demo`: everything a newcomer needs to look around, and the server."""

import argparse
import os
import threading
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cases.models import Case, User
from cases.queries.directory import reference_version
from project.demo import playing
from project.demo.cast import PARTS, gather
from project.worker import work_once, work_until
from workflows.queries.rulebook import rulebook

# Who is worth signing in as, in the order of a case's way.
_INTRODUCED = (
    ("applicant", "Người nộp hồ sơ"),
    ("commune_officer", "Hội Phụ nữ phường Lê Chân"),
    ("another_commune_officer", "Hội Phụ nữ xã Kiến Thụy"),
    ("city_officer", "Hội Phụ nữ thành phố"),
    ("city_approver", "Hội Phụ nữ thành phố, người duyệt"),
    ("justice_officer", "Sở Tư pháp"),
    ("justice_approver", "Sở Tư pháp, người duyệt"),
    ("finance_officer", "Sở Tài chính"),
    ("tax_officer", "Cơ quan Thuế"),
    ("association_officer", "Hội Nữ doanh nhân"),
    ("commune_committee_officer", "Ủy ban nhân dân phường Lê Chân"),
    ("bank_officer", "Ngân hàng Chính sách xã hội"),
    ("expert", "Tư vấn viên"),
    ("supervisor", "Giám sát"),
    ("administrator", "Quản trị thời hạn và lịch"),
    ("another_administrator", "Quản trị thời hạn và lịch, người duyệt"),
)


class Command(BaseCommand):
    """Migrate, load the reference data, play the stories, serve with the worker in the same process."""

    help = "Prepare the demo and serve it on 127.0.0.1."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say where to serve."""
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--no-serve", action="store_true", help="prepare the data and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare and serve."""
        if settings.IS_PRODUCTION:
            raise CommandError("The demo invents people; it does not run in production.")
        call_command("migrate", verbosity=0)
        call_command("load_reference", verbosity=0)
        played = self._play()
        self.stdout.write(f"{Case.objects.count()} cases, {played} of them new; {User.objects.count()} people.")
        if options["no_serve"]:
            return
        self._introduce(options["port"])
        stopped = threading.Event()
        worker = threading.Thread(target=work_until, args=(stopped,), kwargs={"every": 2.0}, name="worker")
        if not settings.CELERY_BROKER_URL:
            # With a broker the worker is Celery's, beside the pages.
            worker.start()
        try:
            uvicorn.run(
                "project.asgi:application",
                host="127.0.0.1",
                port=options["port"],
                log_level="warning",
                # What goes through a socket is shorter than what compressing it would cost.
                ws_per_message_deflate=False,
            )
        finally:
            stopped.set()
            if worker.is_alive():
                worker.join()

    def _play(self) -> int:
        now = timezone.now()
        cast = gather()
        played = playing.play_all(now=now, calendar=rulebook(reference_version()).calendar)
        playing.one_draft(cast.applicant, at=now)
        playing.somebody_away(cast, at=now)
        work_once(at=now)
        return played

    def _introduce(self, port: int) -> None:
        home = f"http://127.0.0.1:{port}/"
        self.stdout.write(f"\nĐồng Hành: {home}")
        self.stdout.write(f"Đăng nhập (sign in): {home}tai-khoan/vao/ bằng số điện thoại; mã hiện ngay trên trang.")
        for part, what in _INTRODUCED:
            somebody = PARTS[part]
            self.stdout.write(f"  đăng nhập {somebody.phone}  {somebody.full_name} – {what}")
        self.stdout.write("")
        self.stdout.flush()
