"""`python -m infra.package`: the Lambda archives, the same bytes from the same sources.

`lambdas` and `mapping_specs` go in unchanged, with the locked packages of requirements/lambda.txt for the functions'
platform; boto3 is the runtime's. The three functions share one archive: they differ by their handler.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("lambdas", "mapping_specs")
LEFT_OUT = {"__pycache__", ".DS_Store"}
PYTHON_VERSION = "3.12"
PLATFORMS = {
    "arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"),
    "x86_64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
}
UNZIPPED_LIMIT_BYTES = 250 * 1024 * 1024
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Zip's first moment: no archive tells when it was made."""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.package", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "build")
    parser.add_argument("--architecture", choices=sorted(PLATFORMS), default="arm64")
    parser.add_argument("--python", default=PYTHON_VERSION, help="the runtime's Python, as in 3.12")
    options = parser.parse_args(argv)
    archive = build(options.output, architecture=options.architecture, python=options.python)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    print(f"{archive}  {archive.stat().st_size / 1e6:.1f} MB  sha256 {digest}")
    return 0


def build(output: Path, *, architecture: str = "arm64", python: str = PYTHON_VERSION) -> Path:
    """The archive's path. RuntimeError if it would be more than Lambda takes."""
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        content = Path(folder)
        _install(content, PLATFORMS[architecture], python)
        for room in ROOMS:
            shutil.copytree(ROOT / room, content / room, ignore=lambda _, names: LEFT_OUT & set(names))
        size = sum(path.stat().st_size for path in content.rglob("*") if path.is_file())
        if size > UNZIPPED_LIMIT_BYTES:
            raise RuntimeError(f"The archive would unzip to {size / 1e6:.0f} MB; Lambda takes 262 MB.")
        archive = output / f"functions-{architecture}.zip"
        _zip(content, archive)
    return archive


def _install(target: Path, platforms: Sequence[str], python: str) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += ["--target", str(target), "--only-binary=:all:", "--no-deps", "--require-hashes"]
    command += ["--python-version", python, "--implementation", "cp"]
    for platform in platforms:
        command += ["--platform", platform]
    subprocess.run([*command, "-r", str(ROOT / "requirements" / "lambda.txt")], check=True)
    shutil.rmtree(target / "bin", ignore_errors=True)


def _zip(content: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        for path in sorted(path for path in content.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(content).as_posix(), EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            zipped.writestr(entry, path.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
