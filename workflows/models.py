"""The movement's tables: work items, deadline rules and the calendar."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models import Agency, Case, Decision, InformationRequest, User
from cases.models.agency import ReferenceRow


class WorkItem(models.Model):
    """One stage of one case, waiting for someone. The projection of one token of the case's marking."""

    class Holder(models.TextChoices):
        """What kind of holder the next thing is waiting for."""

        AGENCY = "agency", _("an agency")
        EXPERT = "expert", _("an adviser")
        OUTSIDE = "outside", _("an outside body")
        APPLICANT = "applicant", _("the applicant")

    class Status(models.TextChoices):
        """Whether it can be decided, waits for her answer, or is over."""

        OPEN = "open", _("open")
        WAITING = "waiting", _("waiting for her answer")
        DONE = "done", _("done")
        CANCELLED = "cancelled", _("cancelled")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="work_items")
    node = models.CharField(max_length=40)
    token = models.CharField(max_length=120)
    stage = models.CharField(max_length=30)
    holder = models.CharField(max_length=10, choices=Holder.choices)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="work_items")
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="work_items")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    # Grows with every change; a page that shows an older one is stale.
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    # The day the clock started from, and the rule it runs by.
    starts_on = models.DateField()
    rule = models.CharField(max_length=30)
    # Internal and never empty. What she was told is Case.promised_on.
    due_at = models.DateTimeField()
    # How many working days were given, and at how many per cent of them its holder was last reminded.
    days = models.PositiveSmallIntegerField(default=0)
    reminded = models.PositiveSmallIntegerField(default=0)
    # The agencies that passed it on before, the first one first.
    passed_on = models.JSONField(default=list, blank=True)
    # Since when the clock stands still; null while it runs.
    paused_on = models.DateField(null=True, blank=True)
    request = models.ForeignKey(
        InformationRequest, on_delete=models.PROTECT, null=True, blank=True, related_name="work_items"
    )
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="work_item")
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("work item")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "node", "token"],
                condition=Q(status__in=["open", "waiting"]),
                name="one_open_item_per_token",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "waiting"], finished_at__isnull=True)
                | Q(status__in=["done", "cancelled"], finished_at__isnull=False),
                name="finished_item_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="waiting") | Q(request__isnull=False, paused_on__isnull=False),
                name="waiting_item_has_its_request",
            ),
            models.CheckConstraint(
                condition=Q(holder="agency", agency__isnull=False)
                | Q(holder__in=["expert", "applicant"], assignee__isnull=False)
                | Q(holder="outside", agency__isnull=False)
                | Q(holder="outside", assignee__isnull=False),
                name="open_item_has_a_holder",
            ),
            models.CheckConstraint(condition=Q(reminded__in=[0, 50, 80, 100]), name="item_is_reminded_by_steps"),
        ]
        indexes = [
            models.Index(
                fields=["agency", "due_at", "id"],
                condition=Q(status__in=["open", "waiting"]),
                name="worklist_of_agency",
            ),
            models.Index(
                fields=["assignee", "due_at", "id"],
                condition=Q(status__in=["open", "waiting"]),
                name="worklist_of_person",
            ),
            models.Index(fields=["case", "id"], name="items_of_a_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case}: {self.node}"

    @property
    def is_open(self) -> bool:
        """Whether it is still somebody's to finish."""
        return self.status in (self.Status.OPEN, self.Status.WAITING)


class DeadlineRule(ReferenceRow):
    """How long one kind of step may take, from when, and on whose word. Data, never code."""

    class Unit(models.TextChoices):
        """In what days it counts."""

        WORKING = "working", _("working days")
        CALENDAR = "calendar", _("calendar days")

    class Start(models.TextChoices):
        """From which day it counts."""

        OPENED = "opened", _("when the step opens")
        SUBMITTED = "submitted", _("when she sent it")
        ACCEPTED = "accepted", _("when it was accepted")

    class SourceStatus(models.TextChoices):
        """How sure we are of the source. Only VERIFIED may be shown to her as law."""

        VERIFIED = "V", _("read at its source")
        PARTIAL = "P", _("seen in a secondary source")
        KNOWLEDGE = "K", _("general knowledge, not checked")
        ASSUMED = "A", _("our own target")

    code = models.CharField(_("code"), max_length=30)
    # Null where no verified number exists: nothing is promised then.
    days = models.PositiveSmallIntegerField(_("days"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=10, choices=Unit.choices, default=Unit.WORKING)
    clock_start = models.CharField(_("counted from"), max_length=10, choices=Start.choices, default=Start.OPENED)
    pauses = models.BooleanField(_("stands still while we wait for her"), default=True)
    legal_source = models.CharField(_("source"), max_length=200, blank=True)
    source_status = models.CharField(_("how sure"), max_length=1, choices=SourceStatus.choices)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verified_on = models.DateField(null=True, blank=True)
    # Rules that came with the product have neither; every other holds once somebody else has approved it.
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("deadline rule")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="one_deadline_rule_from_a_day"),
            models.CheckConstraint(condition=Q(unit__in=["working", "calendar"]), name="deadline_unit_is_known"),
            models.CheckConstraint(
                condition=Q(source_status__in=["V", "P", "K", "A"]), name="deadline_source_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(source_status="V") | ~Q(legal_source=""),
                name="verified_deadline_names_its_source",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | (
                    Q(approved_at__isnull=False, proposed_by__isnull=False, approved_by__isnull=False)
                    & ~Q(approved_by=F("proposed_by"))
                ),
                name="deadline_rule_is_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def holds(self) -> bool:
        """Whether it may be counted by: it came with the product, or two people agreed on it."""
        return self.proposed_by_id is None or self.approved_by_id is not None

    @property
    def law(self) -> str:
        """The source that may be shown to her as law; empty where we have not read it."""
        return self.legal_source if self.source_status == self.SourceStatus.VERIFIED else ""


class RoutingRule(ReferenceRow):
    """Which body may fit with which answers: the first that holds counts. Data, never code, and no decision."""

    service = models.CharField(max_length=40)
    # The question of the flow that it answers: which fact it sets.
    name = models.CharField(max_length=40)
    # Their order: the first that holds counts.
    position = models.PositiveSmallIntegerField(_("order"))
    # All of them must hold, [[answer, comparison, value], …]; with none it always holds.
    conditions = models.JSONField(_("holds when"), default=list, blank=True)
    # The kind of the body that may fit, and what of it. A row without one only ends the rule that it replaces.
    kind = models.CharField(_("body that may fit"), max_length=10, blank=True)
    product = models.CharField(_("product"), max_length=200, blank=True)
    # Why, in words that she and the officers read.
    why = models.CharField(_("why"), max_length=300)
    source = models.CharField(_("source"), max_length=200, blank=True)
    source_status = models.CharField(_("how sure"), max_length=1, choices=DeadlineRule.SourceStatus.choices)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    # The rule that ends on the day before this one begins.
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Who entered it by hand, and who agreed; rules that came with the product have neither.
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("routing rule")
        ordering = ["service", "name", "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(source_status__in=["V", "P", "K", "A"]), name="route_source_is_known"),
            models.CheckConstraint(
                condition=~Q(source_status="V") | ~Q(source=""), name="verified_route_names_its_source"
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(approved_by__isnull=False), name="one_successor_of_a_route"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="routing_rule_says_why"),
            models.CheckConstraint(
                condition=~Q(kind="") | Q(replaces__isnull=False), name="routing_rule_names_a_body_or_ends_another"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="routing_rule_runs_forward",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | (
                    Q(approved_at__isnull=False, proposed_by__isnull=False, approved_by__isnull=False)
                    & ~Q(approved_by=F("proposed_by"))
                ),
                name="routing_rule_is_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.position}: {self.kind}"

    @property
    def holds(self) -> bool:
        """Whether it may be gone by: it came with the product, or two people agreed on it."""
        return self.proposed_by_id is None or self.approved_by_id is not None


class CalendarDay(ReferenceRow):
    """A day on which the week is not as usual: a holiday, or a Saturday that is worked in exchange."""

    class Kind(models.TextChoices):
        """How the day differs."""

        HOLIDAY = "holiday", _("holiday")
        WORKED = "worked", _("worked in exchange")
        # An office takes back what was computed or announced.
        USUAL = "usual", _("as every week")

    date = models.DateField(_("day"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=120)
    source = models.CharField(_("source"), max_length=200)
    # Who entered it by hand; such a day is never computed anew.
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("calendar day")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["holiday", "worked", "usual"]), name="calendar_kind_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"


class AnnouncedYear(ReferenceRow):
    """A year whose holidays and swapped days the government has announced; without one its calendar is computed."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    source = models.CharField(_("source"), max_length=200)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("announced year")
        ordering = ["year"]
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="announced_year_names_its_source")]

    def __str__(self) -> str:
        return str(self.year)
