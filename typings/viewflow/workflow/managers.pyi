from typing import Any, TypeVar

from django.db import models

_Row = TypeVar("_Row", bound=models.Model, covariant=True)

class ProcessQuerySet(models.QuerySet[_Row]):
    def coerce_for(self, flow_classes: Any) -> Any: ...

class TaskQuerySet(models.QuerySet[_Row]):
    def coerce_for(self, flow_classes: Any) -> Any: ...
