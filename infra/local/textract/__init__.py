"""AWS Textract on one machine: its wire protocol, its blocks, its limits and errors. `analyze` is it without a server."""

from infra.local.textract.analysis import analyze

__all__ = ["analyze"]
