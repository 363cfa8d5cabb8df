from django.urls import path

from backend.accounts.api import Token, TokenRefresh

urlpatterns = [
    path("token", Token.as_view(), name="token"),
    path("token/refresh", TokenRefresh.as_view(), name="token-refresh"),
]
