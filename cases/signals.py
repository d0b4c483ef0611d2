"""The only signal in the product."""

from django.dispatch import Signal

# Sent inside the transaction of a step with `events`: what was written, each event with its case.
# The voice writes its rows from them.
events_recorded = Signal()
