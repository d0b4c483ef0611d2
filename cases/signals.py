"""The only signal in the product."""

from django.dispatch import Signal

# Sent inside the transaction of a step, once, after its timeline event is written.
# Arguments: event (TimelineEvent), case (Case).
event_recorded = Signal()
