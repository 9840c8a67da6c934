"""The operator's admin: people and organizations, never program data."""

from django.contrib import admin

from wsr.accounts.models import Organization, Person


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    """People who sign in."""

    list_display = ["email", "name", "is_active", "is_staff", "joined_at"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_active", "is_staff", "is_superuser"]


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    """Organizations whose people sign in."""

    list_display = ["name", "kind", "country"]
    search_fields = ["name"]
