"""Which directory records may be served, and why not. Everything that is not allowed here is not served."""

from agent.core.admission.admit import admit
from agent.core.admission.records import Admitted, RefusedRecord

__all__ = ["Admitted", "RefusedRecord", "admit"]
