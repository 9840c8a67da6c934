"""Premium and differences follow what people report, a moment later and in the program's own name."""

import logging

from kombu.exceptions import OperationalError

from wsr.tenancy import current_program_id, on_commit

logger = logging.getLogger(__name__)


def settle_soon() -> None:
    """After commit, wake the task that works out premium and differences; beat does it where the broker is away."""
    program_id = str(current_program_id())

    def wake() -> None:
        from agreements.tasks import settle  # noqa: PLC0415 -- tasks are leaves; operations import them

        try:
            settle.delay(program_id=program_id)
        except OperationalError:
            logger.warning("settling not woken")

    on_commit(wake)
