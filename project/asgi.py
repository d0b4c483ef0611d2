"""The door for ASGI servers: pages by HTTP, and the socket of open pages."""

import os
import warnings

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from channels.sessions import CookieMiddleware
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

# WhiteNoise hands out the few small static files synchronously; Django reads them whole and says so each time.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

pages = get_asgi_application()

# Django is set up only now, and the consumer needs its models.
from notifications.consumers import LiveConsumer  # noqa: E402

sockets = URLRouter([path("truc-tiep/", LiveConsumer.as_asgi())])
application = ProtocolTypeRouter(
    {
        "http": pages,
        # A page of another origin cannot open a socket with her cookie. Who she is, the consumer finds out by its
        # session, in one visit to the database, and finds out again later by the same way.
        "websocket": AllowedHostsOriginValidator(CookieMiddleware(sockets)),
    }
)
