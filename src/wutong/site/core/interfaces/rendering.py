"""Forms drawn with our own templates."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Widgets are Django's; the form and the field around them are ours."""

    form_template_name = "partials/form_fields.html"
    field_template_name = "partials/field.html"
