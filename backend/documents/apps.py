from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "backend.documents"
    label = "documents"

    def ready(self) -> None:
        from backend.documents.services.samples import sample_send_soon
        from backend.specs.services.samples import sample_stored

        sample_stored.connect(sample_send_soon, dispatch_uid="sample_send_soon")
