from contextlib import AbstractContextManager
from typing import Protocol

from viewflow.workflow.base import Flow

class Lock(Protocol):
    def __call__(self, flow_class: type[Flow], process_pk: int) -> AbstractContextManager[None]: ...

class NoLock:
    def __call__(self, flow_class: type[Flow], process_pk: int) -> AbstractContextManager[None]: ...

class SelectForUpdateLock:
    nowait: bool
    attempts: int
    def __init__(self, nowait: bool = ..., attempts: int = ...) -> None: ...
    def __call__(self, flow_class: type[Flow], process_pk: int) -> AbstractContextManager[None]: ...

no_lock: NoLock
select_for_update_lock: SelectForUpdateLock
