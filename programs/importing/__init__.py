"""What of this room can be imported: lists of suppliers, who buys from whom, and what authorities found."""

from programs.importing.citations import Citations
from programs.importing.workplaces import Sourcings, Workplaces

TARGETS = [Workplaces(), Sourcings(), Citations()]
