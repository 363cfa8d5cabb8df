from django.apps import AppConfig


class SpecsConfig(AppConfig):
    name = "backend.specs"
    label = "specs"
    verbose_name = "Mapping specs"
