"""Textract's own exceptions, by their names on the wire.

TextractError
├── BadDocument               the bytes are no document that can be read
├── UnsupportedDocument       a kind of document that this operation does not take
├── DocumentTooLarge
├── InvalidS3Object           the object is not there, or may not be read
├── InvalidParameter
├── InvalidJobId
├── IdempotentParameterMismatch
├── Throttling                too many requests (only where a test asks for it)
└── InternalServerError       (likewise)
"""

from __future__ import annotations


class TextractError(Exception):
    name = "InternalServerError"
    status = 400


class BadDocument(TextractError):
    name = "BadDocumentException"


class UnsupportedDocument(TextractError):
    name = "UnsupportedDocumentException"


class DocumentTooLarge(TextractError):
    name = "DocumentTooLargeException"


class InvalidS3Object(TextractError):
    name = "InvalidS3ObjectException"


class InvalidParameter(TextractError):
    name = "InvalidParameterException"


class InvalidJobId(TextractError):
    name = "InvalidJobIdException"


class IdempotentParameterMismatch(TextractError):
    name = "IdempotentParameterMismatchException"


class Throttling(TextractError):
    name = "ThrottlingException"


class InternalServerError(TextractError):
    status = 500
