"""Why a case was labelled anew at its decision, in words."""

from django.utils.translation import gettext as _

from cases.models import TimelineEvent

# As it is kept of what she did not declare.
_UNKNOWN = "None"


def labelled_anew(event: TimelineEvent) -> str:
    """Return what became of the label at this event, and why; empty where nothing did."""
    judged = event.facts.get("women_owned")
    if not judged:
        return ""
    share = str(judged["women_capital_pct"])
    given = {"share": share.removesuffix(".00").replace(".", ",")}
    if judged["is"]:
        if share == _UNKNOWN:
            return _("Labelled from now on as owned by women")
        return (
            _("Labelled from now on as owned by women: they hold %(share)s %% of the capital, and one manages") % given
        )
    if share == _UNKNOWN:
        return _("No longer labelled as owned by women")
    if judged["woman_manager"]:
        return _("No longer labelled as owned by women: they hold %(share)s %% of the capital") % given
    return _("No longer labelled as owned by women: no woman manages the business")
