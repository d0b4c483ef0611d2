from collections.abc import Iterable, KeysView, ValuesView
from typing import Any

from viewflow.workflow.base import Flow, Node

class Edge:
    src: Node
    dst: Node
    segments: list[list[float]]
    label: str | None
    label_pos: tuple[float, float] | None
    edge_class: str | None

class Shape:
    x: float
    y: float
    width: float
    height: float
    svg: str
    text: list[Any]
    def label(self) -> str: ...

class Cell:
    node: Node
    col: int
    row: int
    x: float
    y: float
    width: float
    height: float
    shape: Shape
    title: str | None
    status: str | None

class Grid:
    width: float
    height: float
    flow_class: type[Flow] | None
    grid: dict[Node, Cell]
    edges: list[Edge]
    def __init__(self, nodes: Iterable[Node]) -> None: ...
    def __getitem__(self, node: Node) -> Cell: ...
    @property
    def nodes(self) -> KeysView[Node]: ...
    @property
    def cells(self) -> ValuesView[Cell]: ...

def calc_layout_data(
    flow_class: type[Flow], edge_start_gap_size: int = ..., edge_end_gap_size: int = ...
) -> Grid: ...
def grid_to_svg(grid: Grid) -> str: ...
def grid_to_bpmn(grid: Grid) -> str: ...
