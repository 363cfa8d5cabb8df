from __future__ import annotations

from rest_framework.throttling import AnonRateThrottle
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from backend.config.schema import described


class TokenThrottle(AnonRateThrottle):
    scope = "token"


@described("Sign in", "Username and password for an access and a refresh token.", errors=(400, 401, 415, 429))
class Token(TokenObtainPairView):
    throttle_classes = (TokenThrottle,)


@described("Renew the access token", "A refresh token for a new access token.", errors=(400, 401, 415, 429))
class TokenRefresh(TokenRefreshView):
    throttle_classes = (TokenThrottle,)
