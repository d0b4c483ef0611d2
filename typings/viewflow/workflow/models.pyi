from datetime import datetime
from typing import Any

from django.db import models
from viewflow.workflow.base import Flow, Node
from viewflow.workflow.managers import ProcessQuerySet, TaskQuerySet
from viewflow.workflow.token import Token

class AbstractProcess(models.Model):
    flow_class: type[Flow]
    status: str
    created: datetime
    finished: datetime | None
    objects = ProcessQuerySet.as_manager()
    class Meta:
        abstract = True

class AbstractTask(models.Model):
    flow_task: Node
    flow_task_type: str
    status: str
    created: datetime
    started: datetime | None
    finished: datetime | None
    token: Token
    previous: Any
    objects = TaskQuerySet.as_manager()
    class Meta:
        abstract = True

class Process(AbstractProcess):
    data: Any
    artifact: Any
    seed: Any

class Task(AbstractTask):
    data: Any
    artifact: Any
    seed: Any
    def activation(self) -> Any: ...
