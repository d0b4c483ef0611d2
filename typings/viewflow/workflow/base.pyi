from collections.abc import Iterator, ValuesView
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Self

from django.utils.functional import Promise
from viewflow.workflow.lock import Lock
from viewflow.workflow.models import Process

class Edge:
    def __init__(self, src: Node, dst: Node, edge_class: str, label: str | None = ...) -> None: ...
    @property
    def src(self) -> Node: ...
    # None where a way out was forgotten: an If without Else, a node that nothing resolves.
    @property
    def dst(self) -> Node | None: ...
    @property
    def edge_class(self) -> str: ...
    @property
    def label(self) -> str | None: ...

class Node:
    activation_class: Any
    flow_class: type[Flow]
    task_type: str | None
    task_title: str | Promise
    task_description: str | Promise
    name: str
    def __init__(self, activation_class: type | None = ..., **kwargs: Any) -> None: ...
    def _outgoing(self) -> Iterator[Edge]: ...
    def _incoming(self) -> Iterator[Edge]: ...
    def _resolve(self, instance: Flow) -> None: ...
    def _ready(self) -> None: ...
    def Annotation(
        self,
        title: str | Promise | None = ...,
        description: str | Promise | None = ...,
        summary_template: str | Promise | None = ...,
        result_template: str | Promise | None = ...,
    ) -> Self: ...

class Flow:
    instance: ClassVar[Flow]
    process_class: Any
    task_class: Any
    lock_impl: Lock
    process_title: str | Promise
    process_description: str | Promise
    _nodes_by_name: ClassVar[dict[str, Node]]
    def nodes(self) -> ValuesView[Node]: ...
    def node(self, name: str, no_obsolete: bool = ...) -> Node | None: ...
    @classmethod
    def lock(cls, process_pk: int) -> AbstractContextManager[None]: ...
    def cancel(self, process: Process) -> None: ...
