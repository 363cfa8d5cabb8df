"""`python -m infra.local.textract --port N [--recordings DIR …]`"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import threading
from pathlib import Path

from infra.local.textract.operations import Textract
from infra.local.textract.recordings import Recordings
from infra.local.textract.server import TextractServer

STANDARD = set(logging.makeLogRecord({}).__dict__)


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        more = {name: value for name, value in record.__dict__.items() if name not in STANDARD}
        line = {"level": record.levelname, "message": record.getMessage(), **more}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.textract", description="AWS Textract on this machine.")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--recordings", type=Path, action="append", default=[], help="a folder of recorded answers")
    options = parser.parse_args()
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("botocore").setLevel(logging.WARNING)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    server = TextractServer(Textract(Recordings(options.recordings)), options.port)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    logging.getLogger("textract").info("listening", extra={"port": server.server_port})
    server.serve_forever()
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
