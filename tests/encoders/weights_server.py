"""A real HTTP server on this machine that can misbehave in the ways real ones do."""

import hashlib
import http.server
import re
import threading
from contextlib import contextmanager


class WeightsServer(http.server.ThreadingHTTPServer):
    """Serves `content` everywhere; `asked` are the Range headers of the requests so far.

    `stop_after` cuts the next answer after so many bytes; `ranges` and `checks`: it knows Range and If-Range.
    """

    daemon_threads = True

    def __init__(self, content):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content, self.stop_after, self.status = content, None, 200
        self.ranges, self.checks, self.tagged = True, True, True
        self.kind = "application/octet-stream"
        self.asked = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/folder/encoder.pth"

    @property
    def tag(self):
        return f'"{hashlib.md5(self.content).hexdigest()}"'


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        asked = self.headers.get("Range")
        server.asked.append(asked)
        if server.status != 200:
            return self.send_error(server.status)
        same = not server.checks or self.headers.get("If-Range") in (None, server.tag)
        start = int(re.match(r"bytes=(\d+)-", asked)[1]) if asked and server.ranges and same else 0
        total = len(server.content)
        if start >= total:
            return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", server.kind)
        self.send_header("Content-Length", str(total - start))
        if server.tagged:
            self.send_header("ETag", server.tag)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
        self.end_headers()
        self.wfile.write(server.content[start:][: server.stop_after])
        server.stop_after = None

    def log_message(self, *_):
        pass


@contextmanager
def serving(content):
    server = WeightsServer(content)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
