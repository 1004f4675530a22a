"""Which directory records may be served, and why not. Everything that is not allowed here is not served."""

from agent.core.admission.admit import admit
from agent.core.admission.records import Admitted, Doubt, RefusedRecord

__all__ = ["Admitted", "Doubt", "RefusedRecord", "admit"]
