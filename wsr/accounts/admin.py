"""The operator's admin at /admin/: people and organizations, never program data."""

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from wsr.accounts.models import Organization, Person


class OperatorSite(admin.AdminSite):
    """A site of its own, so that no other app can put its tables here."""

    site_header = _("Operation of this installation")
    site_title = _("Operation")
    index_title = _("People and organizations")

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The one sign-in of the platform, with its second factor; 403 for somebody who is not an operator."""
        if request.user.is_authenticated:
            raise PermissionDenied
        going_to = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': going_to})}")


class Kept(admin.ModelAdmin):
    """Rows that history names are never deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never. A person who leaves is made inactive."""
        return False


class PersonAdmin(Kept):
    """People who sign in. A new one sets her password with "Forgot your password?"."""

    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_active", "is_staff", "is_superuser"]

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """Keep the address she signs in with equal to the one shown here."""
        obj.email = obj.email.lower()
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).delete()
        EmailAddress.objects.update_or_create(
            user=obj, email=obj.email, defaults={"verified": True, "primary": True}
        )


class OrganizationAdmin(Kept):
    """Organizations whose people sign in."""

    list_display = ["name", "kind", "country"]
    list_filter = ["kind"]
    search_fields = ["name"]


site = OperatorSite(name="admin")
site.register(Person, PersonAdmin)
site.register(Organization, OrganizationAdmin)
