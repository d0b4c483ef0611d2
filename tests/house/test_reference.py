"""The reference data: complete, true to its sources, and loaded as often as one likes."""

from datetime import date
from time import monotonic

import pytest
from django.core.management import CommandError, call_command

from cases.models import Agency, Commune, Programme, Province, PublishedAnswer, ReferenceVersion, Target
from workflows.calendar import Calendar
from workflows.models import AnnouncedYear, CalendarDay, DeadlineRule, RoutingRule

pytestmark = pytest.mark.django_db
TABLES = [
    Province,
    Commune,
    Agency,
    Programme,
    Target,
    DeadlineRule,
    RoutingRule,
    CalendarDay,
    AnnouncedYear,
    PublishedAnswer,
]


@pytest.fixture
def loaded() -> None:
    call_command("load_reference", verbosity=0)


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    models = [*TABLES, ReferenceVersion]
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in models}


def calendar() -> Calendar:
    days = {kind: CalendarDay.objects.filter(kind=kind).values_list("date", flat=True) for kind in CalendarDay.Kind}
    return Calendar(frozenset(days[CalendarDay.Kind.HOLIDAY]), frozenset(days[CalendarDay.Kind.WORKED]))


def test_loading_is_quick_and_loading_twice_changes_nothing() -> None:
    begin = monotonic()
    call_command("load_reference", verbosity=0)
    assert monotonic() - begin < 5
    first = snapshot()
    call_command("load_reference", verbosity=0)
    assert snapshot() == first
    assert all(first[model.__name__] for model in TABLES)


@pytest.mark.usefixtures("loaded")
def test_a_change_is_corrected_and_told_once() -> None:
    before = ReferenceVersion.objects.get().number
    Agency.objects.filter(code="HPG-STP").update(name="?")
    CalendarDay.objects.filter(date=date(2026, 11, 24)).delete()
    told = ReferenceVersion.objects.get().number
    call_command("load_reference", verbosity=0)
    assert Agency.objects.get(code="HPG-STP").name == "Sở Tư pháp thành phố Hải Phòng"
    assert CalendarDay.objects.filter(date=date(2026, 11, 24), kind="holiday").exists()
    assert ReferenceVersion.objects.get().number == told + 1 > before


@pytest.mark.usefixtures("loaded")
def test_what_the_office_decided_stays() -> None:
    ended = date(2026, 12, 31)
    DeadlineRule.objects.filter(code="CONSULT").update(valid_to=ended, verified_on=ended)
    Agency.objects.filter(code="HPG-TD").update(valid_to=ended)
    Province.objects.filter(code="01").update(prefix="HNI")
    PublishedAnswer.objects.filter(code="unsecured-agri-loan").update(withdrawn_on=ended)
    before = snapshot()
    call_command("load_reference", verbosity=0)
    assert snapshot() == before


@pytest.mark.usefixtures("loaded")
def test_places_are_those_of_the_reform() -> None:
    assert Province.objects.count() == 34
    assert Commune.objects.count() == 3321
    assert list(Province.objects.exclude(prefix="").values_list("code", "name", "prefix")) == [
        ("31", "Hải Phòng", "HPG")
    ]
    here = Commune.objects.filter(province="31")
    kinds = [here.filter(name__startswith=kind).count() for kind in ("Xã ", "Phường ", "Đặc khu ")]
    assert kinds == [67, 45, 2]
    assert here.get(name="Phường Lê Chân").plain_name == "phuong le chan"
    names = Commune.objects.values_list("name", flat=True)
    assert {name.split(" ")[0] for name in names} == {"Xã", "Phường", "Đặc"}
    assert all(name == " ".join(name.split()) for name in names)


def test_another_country_is_refused() -> None:
    call_command("load_reference", verbosity=0)
    Commune.objects.filter(name="Phường Lê Chân").update(valid_to=date(2026, 1, 1))
    with pytest.raises(CommandError, match="3320"):
        call_command("load_reference", verbosity=0)


def test_every_commune_has_its_union_and_its_committee() -> None:
    for kind in ("HPN", "UBND"):
        assert Agency.objects.filter(kind=kind, level="commune").count() == 114
        assert Agency.objects.filter(kind=kind, level="province", province="31").count() == 1
    commune = Commune.objects.get(name="Phường Lê Chân")
    union = Agency.objects.get(code=f"HPG-HPN-{commune.code}")
    assert (union.name, union.commune) == ("Hội Liên hiệp Phụ nữ phường Lê Chân", commune)
    assert Agency.objects.get(code="HPG-MLTV").evidence == "V"
    assert Agency.objects.get(code="TW-HPN").level == "central"
    # A fund that is only promised handles nothing yet.
    assert Agency.objects.get(code="HPG-QDTMH").valid_from > date(2026, 12, 31)


@pytest.mark.usefixtures("loaded")
def test_targets_add_up_to_the_plans() -> None:
    counted = Target.objects.exclude(service="")
    sums = {
        (programme, year): sum(target.amount for target in counted.filter(programme=programme, year_from=year))
        for programme in ("HPG-2026-KN", "VN-2415")
        for year in (2026, 2031)
    }
    assert sums == {
        ("HPG-2026-KN", 2026): 28_277,
        ("HPG-2026-KN", 2031): 35_535,
        ("VN-2415", 2026): 617_530,
        ("VN-2415", 2031): 933_050,
    }
    assert set(Programme.objects.filter(historic=True).values_list("code", flat=True)) == {
        "HNI-210-2023",
        "TBH-2024",
    }


@pytest.mark.usefixtures("loaded")
def test_deadline_rules_say_where_they_come_from() -> None:
    rule = DeadlineRule.objects.get(code="LEGAL_GENERAL")
    assert (rule.days, rule.unit, rule.clock_start, rule.source_status) == (15, "working", "accepted", "V")
    assert DeadlineRule.objects.get(code="INTAKE").clock_start == "submitted"
    assert DeadlineRule.objects.get(code="VBSP_JOB").days is None
    own = DeadlineRule.objects.filter(source_status="A")
    assert not own.exclude(legal_source__startswith="Mục tiêu nội bộ").exists()
    ended_before_2026 = DeadlineRule.objects.filter(valid_to__lt=date(2026, 1, 1))
    assert [rule.code for rule in ended_before_2026] == ["VBSP_APPRAISE"]
    assert not DeadlineRule.objects.filter(valid_from__gt=date(2026, 1, 1)).exists()


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 5), 15, date(2026, 11, 27)),  # the story of Hạnh: 24 November is off
        (date(2026, 11, 2), 15, date(2026, 11, 23)),  # the story of Thảo
        (date(2026, 11, 23), 3, date(2026, 11, 27)),  # the story of Mai
        (date(2026, 8, 21), 1, date(2026, 8, 22)),  # a Saturday worked in exchange
        (date(2026, 1, 9), 1, date(2026, 1, 10)),
    ],
)
@pytest.mark.usefixtures("loaded")
def test_working_days_of_the_acceptance_stories(start: date, days: int, end: date) -> None:
    assert calendar().after(start, days) == end


@pytest.mark.usefixtures("loaded")
def test_the_calendar_covers_every_year_and_says_what_is_only_computed() -> None:
    assert {day.year for day in CalendarDay.objects.dates("date", "year")} == set(range(2025, 2036))
    assert CalendarDay.objects.filter(date__month=11, date__day=24).count() == 10
    assert not CalendarDay.objects.filter(kind="worked").exclude(date__iso_week_day=6).exists()
    assert {day.source for day in CalendarDay.objects.filter(date__month=11, date__day=24)} == {
        "Nghị quyết 28/2026/QH16"
    }
    assert list(AnnouncedYear.objects.values_list("year", flat=True)) == [2025, 2026]
    tet_2027 = CalendarDay.objects.get(date=date(2027, 2, 8))
    assert "dự tính" in tet_2027.source


@pytest.mark.usefixtures("loaded")
def test_every_text_fits_its_column() -> None:
    # SQLite takes what is too long; PostgreSQL refuses it.
    for model in TABLES:
        for row in model._default_manager.all():
            row.clean_fields(exclude=[field.name for field in model._meta.fields if field.is_relation])
