from backend.documents.services.callbacks import callback_apply, callback_open
from backend.documents.services.jobs import job_retry, job_send, job_submit, jobs_mark_stuck, jobs_send_unsent
from backend.documents.services.samples import sample_send, samples_send_unsent
from backend.documents.services.uploads import document_delete, document_presign, documents_delete_abandoned

__all__ = [
    "callback_apply",
    "callback_open",
    "document_delete",
    "document_presign",
    "documents_delete_abandoned",
    "job_retry",
    "job_send",
    "job_submit",
    "jobs_mark_stuck",
    "jobs_send_unsent",
    "sample_send",
    "samples_send_unsent",
]
