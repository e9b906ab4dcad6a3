"""Every statement of the kit's that a simulated database answers."""

from services.ops.simulation.kit_statements import BATCHES
from services.ops.simulation.parking_statements import PARKING
from services.ops.simulation.sending_statements import SENDING

KIT = {**BATCHES, **PARKING, **SENDING}
"""By the statement's own text."""
