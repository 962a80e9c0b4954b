"""Compiles autograd/engine with mypyc, where there is a C compiler.

Everything else about the distribution stands in pyproject.toml; what is compiled,
and what the switch CHAINRULE_COMPILE means, in autograd/native.py. Where it is not
set, whatever stands in the way of compiling leaves a package of pure Python, which
is complete; where it is 1, that is an error.
"""

from __future__ import annotations

import os
import platform
import runpy
import subprocess
import sys
import sysconfig
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.editable_wheel import editable_wheel

ROOT = Path(__file__).resolve().parent

native = SimpleNamespace(**runpy.run_path(str(ROOT / "autograd" / "native.py")))
generated_c = SimpleNamespace(**runpy.run_path(str(ROOT / "autograd" / "generated_c.py")))

PROBE = """
from setuptools import Extension, setup
setup(name="probe", ext_modules=[Extension("probe", ["probe.c"])])
"""


def compiler_works() -> bool:
    """Whether an extension module can be made here: tried, since nothing less tells."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "probe.c").write_text(
            "#include <Python.h>\nPyMODINIT_FUNC PyInit_probe(void) { return NULL; }\n"
        )
        (Path(folder) / "setup.py").write_text(PROBE)
        command = [sys.executable, "setup.py", "build_ext", "--inplace"]
        return subprocess.run(command, cwd=folder, capture_output=True).returncode == 0


def to_be_compiled() -> bool:
    """Whether to compile, as the switch and the machine have it."""
    choice = requested()
    if choice is False:
        return False
    obstacle = ""
    if platform.python_implementation() != "CPython":
        obstacle = f"mypyc compiles for CPython, and this is {platform.python_implementation()}"
    elif not compiler_works():
        obstacle = (
            "no C compiler that works with this Python was found; on Debian and Ubuntu, "
            "`apt install gcc python3-dev` brings one"
        )
    if obstacle and choice:
        sys.exit(f"{native.SWITCH}=1 asks for the compiled engine, but {obstacle}.")
    return not obstacle


def requested() -> bool | None:
    """The switch, as autograd/native.py reads it."""
    try:
        choice: bool | None = native.requested()
    except ValueError as error:
        sys.exit(str(error))
    return choice


def remove_compiled(folder: Path) -> None:
    """Delete what an earlier build for this Python left in ``folder``."""
    for path in (folder / "autograd" / "engine").glob(f"*{sysconfig.get_config_var('EXT_SUFFIX')}"):
        path.unlink()


class CompileWithMypyc(build_ext):
    """Calls mypyc only once something is really to be built: it takes a while."""

    def run(self) -> None:
        """Compile; where that fails and was not insisted on, go on without."""
        remove_compiled(ROOT if self.inplace else Path(self.build_lib))
        try:
            self.distribution.ext_modules = self._generate()
            self.swig_opts = None  # the one option that cannot be finalized twice
            self.finalize_options()
            super().run()
        except (Exception, SystemExit) as error:
            if requested():
                raise
            print(f"Not compiled, {type(error).__name__}: {error}")
            self.distribution.ext_modules = self.extensions = []

    def _generate(self) -> Any:
        from mypyc.build import mypycify

        extensions = mypycify(
            # What the package imports besides may need what is not installed here.
            [f"--cache-dir={os.devnull}", "--follow-imports=silent", *native.sources()],
            group_name=f"autograd.engine.{native.library_name()}",
            target_dir=self.build_temp,
        )
        header = str(ROOT / "autograd" / "engine" / "freeing.h")
        # Fused, a * b + c would be rounded once, and by the interpreter it is rounded twice.
        unix_options = ["-include", header, "-ffp-contract=off"]
        for extension in extensions:
            options = ["/FI", header] if sys.platform == "win32" else unix_options
            extension.extra_compile_args = [*extension.extra_compile_args, *options]
        generated_c.amend(
            {Path(source) for extension in extensions for source in extension.sources},
            [ROOT / source for source in native.sources()],
        )
        return extensions


class EditableWheel(editable_wheel):
    """An editable install, in which nothing compiled earlier may outlive the switch."""

    def run(self) -> None:
        """Clear away, then install."""
        remove_compiled(ROOT)
        super().run()


compiling = to_be_compiled()

setup(
    # Asked for here rather than in pyproject.toml, so that only those who compile fetch it.
    setup_requires=["mypy>=1.20"] if compiling else [],
    # A stand-in, so that the wheel is tagged for the platform. While setuptools asks for the
    # requirement above, mypyc is not there yet.
    ext_modules=[Extension("autograd.engine.native", [])] if compiling else [],
    cmdclass={"build_ext": CompileWithMypyc, "editable_wheel": EditableWheel},
)
