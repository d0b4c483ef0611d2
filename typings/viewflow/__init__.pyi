"""What Đồng Hành uses of django-viewflow 2.4, which ships no types."""

from viewflow.this_object import This as This, this as this
