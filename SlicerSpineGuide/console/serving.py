"""Who may reach the console: loopback by default; beyond it over TLS, with a token. Its page, and where dropped files arrive."""

from __future__ import annotations

import ipaddress
import re
import secrets
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from SlicerSpineGuide.console.opening import Uploads
from SlicerSpineGuide.console.outbox import give_outboxes
from SlicerSpineGuide.errors import BadInput
from SlicerSpineGuide.translation import tr

COOKIE = "spineguide-token"
# In the page itself and not among what the server sends once the browser is joined to it: they tell when it never was.
HEAD = '<title>SpineGuide</title><link rel="stylesheet" href="spineguide/console.css"><script src="spineguide/console.js"></script>'
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Access:
    """Decides about every request. certificate, key: PEM files, needed beyond loopback. token: made up where none is given.

    BadInput where the address is not a loopback one and there is no certificate, or where the certificate cannot be used.
    """

    def __init__(self, host: str, certificate: Path | None = None, key: Path | None = None, token: str | None = None) -> None:
        self.loopback = is_loopback(host)
        if not self.loopback and certificate is None:
            raise BadInput(
                tr(
                    "The console is served beyond this machine ({host}) only over TLS: give --certificate and --key. "
                    "This makes a pair: openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout key.pem -out certificate.pem"
                ).format(host=host)
            )
        self.context = _context(certificate, key) if certificate is not None else None
        self.token = token or ("" if self.loopback else secrets.token_urlsafe(18))
        self._host = host

    def address(self, port: int) -> str:
        scheme = "https" if self.context is not None else "http"
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{scheme}://{host}:{port}" + (f"/?token={self.token}" if self.token else "")

    def refuses(self, request: web.Request) -> str:
        """Why a request is not answered, "" where it is."""
        host = urlsplit(f"//{request.host}").hostname or ""
        if self.loopback and not is_loopback(host):
            return "this console is served on loopback only"  # a foreign name that was made to point here
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            return "a page from elsewhere may not use this console"
        given = request.query.get("token") or request.cookies.get(COOKIE, "")
        if self.token and not secrets.compare_digest(given.encode(), self.token.encode()):
            return "the address needs its ?token=... as the console printed it"
        return ""

    @property
    def middleware(self) -> Any:
        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            why = self.refuses(request)
            if why:
                return web.Response(status=403, text=why + "\n")
            response = await handler(request)
            if self.token and "token" in request.query and not response.prepared:
                response.set_cookie(COOKIE, self.token, httponly=True, samesite="Strict", secure=self.context is not None)
            return response

        return check


def attach(wslink_server: Any, access: Access, uploads: Uploads, may_upload: Callable[[str], bool]) -> None:
    """Put the access check, TLS and the upload routes into trame's web server, before it starts to listen."""

    async def receive(request: web.Request) -> web.Response:
        if not may_upload(request.headers.get("X-Spineguide-Browser", "")):
            return web.Response(status=403, text=tr("Take control first."))
        try:
            await uploads.write(request.match_info["path"], request.content)
        except BadInput as error:
            return web.Response(status=400, text=str(error))
        return web.Response(text="ok")

    app = wslink_server.app
    app.middlewares.append(access.middleware)
    give_outboxes(wslink_server)
    app.middlewares.append(_page(Path(wslink_server.config["static"]["/"])))
    app.router.add_put("/upload/{path:.+}", receive)
    wslink_server.config["ws_compress"] = False  # most of it is JPEG; deflating that cost each picture three turns of the loop
    if access.context is not None:
        wslink_server.config["ssl"] = access.context


def _page(client: Path) -> Any:
    """Answers with the page of trame's `client` folder, with HEAD in it."""
    html = (client / "index.html").read_text(encoding="utf-8")
    html = re.sub(r"<title>.*?</title>", "", html, flags=re.DOTALL).replace("</head>", HEAD + "</head>")

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method == "GET" and request.path in ("/", "/index.html"):
            return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-store"})
        return await handler(request)

    return answer


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _context(certificate: Path, key: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise BadInput(tr("{path} cannot be used as the console's certificate: {why}.").format(path=certificate, why=error)) from None
    return context
