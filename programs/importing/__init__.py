"""What of this room can be imported: lists of suppliers, who buys from whom, who works on which site, and what authorities found."""

from programs.importing.citations import Citations
from programs.importing.contractors import Contractors
from programs.importing.workplaces import Sourcings, Workplaces

TARGETS = [Workplaces(), Sourcings(), Contractors(), Citations()]
