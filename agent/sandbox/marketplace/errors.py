"""How the API says no, shape by shape: field errors, lists, bare strings, and HTML where Django answers itself."""

from collections.abc import Iterable, Mapping

HTML_NOT_FOUND = "<!doctype html>\n<html><head><title>Not Found</title></head><body><h1>Not Found</h1></body></html>\n"
HTML_SERVER_ERROR = (
    "<!doctype html>\n<html><head><title>Server Error (500)</title></head>"
    "<body><h1>Server Error (500)</h1></body></html>\n"
)


class Refused(Exception):
    """An answer that is not a success; ``body`` is JSON data, or text when ``media`` says so, None for no body."""

    def __init__(
        self,
        status: int,
        body: object,
        media: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body
        self.media = media
        self.headers = dict(headers or {})


def bad(body: object) -> Refused:
    """400 with a dict of field errors, a list, or a bare string."""
    return Refused(400, body)


def unauthorized(detail: str) -> Refused:
    """401: the credentials are missing or wrong."""
    return Refused(401, {"detail": detail}, headers={"WWW-Authenticate": "Token"})


def forbidden() -> Refused:
    """403: the object is visible, the permission is missing."""
    return Refused(403, {"detail": "You do not have permission to perform this action."})


def absent(model: str) -> Refused:
    """404 in JSON: the object does not exist or is not visible."""
    return Refused(404, {"detail": f"No {model} matches the given query."})


def no_route() -> Refused:
    """404 in HTML: this server has no such route."""
    return Refused(404, HTML_NOT_FOUND, media="text/html")


def not_allowed(method: str) -> Refused:
    """405: the route exists, the method does not."""
    return Refused(405, {"detail": f'Method "{method}" not allowed.'})


def unacceptable() -> Refused:
    """406: nothing that the Accept header asks for can be made."""
    return Refused(406, {"detail": "Could not satisfy the request Accept header."})


def wrong_state(valid: Iterable[str]) -> Refused:
    """409: the object is not in one of the ``valid`` states."""
    return Refused(409, {"detail": f"Valid states for operation: {', '.join(valid)}."})


def unsupported_media(media: str) -> Refused:
    """415: the body is not JSON."""
    return Refused(415, {"detail": f'Unsupported media type "{media}" in request.'})


def server_error() -> Refused:
    """500 in HTML: a defect of the server, reproduced on purpose."""
    return Refused(500, HTML_SERVER_ERROR, media="text/html")
