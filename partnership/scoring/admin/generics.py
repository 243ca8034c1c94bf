"""Django's admin and form classes with type parameters, which they only have for type checkers."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, StackedInline, TabularInline
    from django.forms import BaseInlineFormSet, ModelForm
else:
    from django import forms
    from django.contrib import admin

    class _Generic:
        def __class_getitem__(cls, _model):
            return cls

    class ModelAdmin(_Generic, admin.ModelAdmin): ...

    class StackedInline(_Generic, admin.StackedInline): ...

    class TabularInline(_Generic, admin.TabularInline): ...

    class BaseInlineFormSet(_Generic, forms.BaseInlineFormSet): ...

    class ModelForm(_Generic, forms.ModelForm): ...


__all__ = ["BaseInlineFormSet", "ModelAdmin", "ModelForm", "StackedInline", "TabularInline"]
