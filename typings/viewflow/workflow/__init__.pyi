from viewflow.workflow.activation import Activation as Activation
from viewflow.workflow.base import Flow as Flow, Node as Node
from viewflow.workflow.context import context as context
from viewflow.workflow.exceptions import FlowLockFailed as FlowLockFailed, FlowRuntimeError as FlowRuntimeError
from viewflow.workflow.status import PROCESS as PROCESS, STATUS as STATUS
from viewflow.workflow.token import Token as Token
