"""A small HTTP server that keeps every request, for what the carrier sends and for what is sent to a carrier."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

BODY_BYTES_MAX = 64 * 1024


@dataclass
class Request:
    """A request as it came."""

    method: str
    url: str
    headers: dict[str, str]
    form: list[tuple[str, str]]

    @property
    def path(self) -> str:
        return "/" + self.url.split("/", 3)[3]

    def get(self, name: str) -> str | None:
        return next((value for known, value in self.form if known == name), None)


@dataclass
class Answer:
    status: int = 200
    body: str = ""
    content_type: str = "text/plain"


class LocalServer:
    """Answers with what `answer` gives for a request."""

    def __init__(self, answer: Callable[[Request], Answer]):
        self.requests: list[Request] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = min(int(self.headers.get("Content-Length", "0")), BODY_BYTES_MAX)
                body = self.rfile.read(length).decode()
                form = parse_qsl(body, keep_blank_values=True)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, outer.url + self.path, headers, form)
                answer = outer.answer(request)
                outer.requests.append(request)
                data = answer.body.encode()
                self.send_response(answer.status)
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST

            def log_message(self, *_) -> None:
                pass

        self.answer = answer
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def to(self, path: str) -> list[Request]:
        """The requests whose path begins so, oldest first."""
        return [request for request in list(self.requests) if request.path.startswith(path)]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
