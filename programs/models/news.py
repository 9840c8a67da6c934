"""What a program tells the public in its own words."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.enums import NEWS_MOVES, NewsKind, NewsState
from wsr.tenancy.models import ProgramModel


class NewsItem(ProgramModel):
    """One news item: plain paragraphs, parted by empty lines, in one language."""

    title = models.CharField(_("title"), max_length=200)
    dated_on = models.DateField(_("date"))
    kind = models.CharField(_("kind"), max_length=20, choices=NewsKind.choices)
    language = models.CharField(_("language"), max_length=10)
    text = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=20, choices=NewsState.choices, default=NewsState.DRAFT)
    changed_at = models.DateTimeField(_("changed"))
    published_at = models.DateTimeField(_("published"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True, help_text="Shown in public.")

    class Meta(ProgramModel.Meta):
        constraints = [
            models.CheckConstraint(name="newsitem_state_known", condition=Q(state__in=NewsState.values)),
            models.CheckConstraint(name="newsitem_kind_known", condition=Q(kind__in=NewsKind.values)),
            models.CheckConstraint(
                name="newsitem_withdrawn_with_reason",
                condition=Q(state=NewsState.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(reason="")
                | Q(withdrawn_at=None, reason="") & ~Q(state=NewsState.WITHDRAWN),
            ),
        ]
        indexes = [models.Index(fields=["program", "-dated_on", "id"], name="newsitem_by_day")]

    def __str__(self) -> str:
        return self.title

    def may_become(self, state: NewsState) -> bool:
        """Whether this state may follow the present one."""
        return state in NEWS_MOVES[NewsState(self.state)]
