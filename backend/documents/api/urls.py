from django.urls import path

from backend.documents.api import views

urlpatterns = [
    path("presign", views.Presign.as_view(), name="presign"),
    path("submit", views.Submit.as_view(), name="submit"),
    path("status/<uuid:job_id>", views.Status.as_view(), name="status"),
    path("result/<uuid:job_id>", views.ResultView.as_view(), name="result"),
    path("retry/<uuid:job_id>", views.Retry.as_view(), name="retry"),
    path("callback", views.CallbackView.as_view(), name="callback"),
    path("types", views.Types.as_view(), name="types"),
]
