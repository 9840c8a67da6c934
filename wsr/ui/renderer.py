"""How forms look: Django renders every form and field with our own templates."""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """`{{ form }}` gives the summary of errors and the fields; a page writes the form element, the token and the buttons."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
