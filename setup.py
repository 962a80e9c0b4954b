"""Compiles autograd/engine and some of autograd/replay with mypyc, if there is a C compiler.

Everything else about the distribution stands in pyproject.toml; what is compiled,
and what the switch CHAINRULE_COMPILE means, in autograd/native.py. Where it is not
set, whatever stands in the way of compiling leaves a package of pure Python, which
is complete; where it is 1, that is an error.
"""

from __future__ import annotations

import os
import platform
import runpy
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from setuptools import Distribution, Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.editable_wheel import editable_wheel

ROOT = Path(__file__).resolve().parent

native = SimpleNamespace(**runpy.run_path(str(ROOT / "autograd" / "native.py")))
generated_c = SimpleNamespace(**runpy.run_path(str(ROOT / "autograd" / "generated_c.py")))


def compiler_works() -> bool:
    """Whether an extension module can be made here: tried, since nothing less tells."""
    with TemporaryDirectory() as folder:
        source = Path(folder) / "probe.c"
        source.write_text(
            "#include <Python.h>\nPyMODINIT_FUNC PyInit_probe(void) { return NULL; }\n"
        )
        build = build_ext(Distribution({"ext_modules": [Extension("probe", [str(source)])]}))
        build.build_lib = build.build_temp = folder
        try:
            build.ensure_finalized()
            build.run()
        except (Exception, SystemExit):
            return False
    return True


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
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    for package in native.FOLDERS:
        for path in (folder / "autograd" / package).glob(f"*{suffix}"):
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
            # These import one another and native.py. Followed further, imports would lead
            # through the whole package, which takes longer than all the rest of this step.
            [
                f"--cache-dir={os.devnull}",
                "--follow-imports=skip",
                "autograd/native.py",
                *native.sources(),
            ],
            only_compile_paths=native.sources(),
            group_name=f"autograd.engine.{native.library_name()}",
            target_dir=self.build_temp,
            debug_level="0",
            multi_file=True,
        )
        include = "/FI" if sys.platform == "win32" else "-include"
        # Fused, a * b + c would be rounded once, and by the interpreter it is rounded twice.
        # Hidden from other libraries, functions of other files can be called without a detour.
        options = [] if sys.platform == "win32" else ["-ffp-contract=off", "-fvisibility=hidden"]
        for header in native.HEADERS:
            options += [include, str(ROOT / header)]
        for extension in extensions:
            extension.extra_compile_args = [*extension.extra_compile_args, *options]
            # Without it, glibc gives the oldest versions of its functions, which are slower.
            extension.libraries = [] if sys.platform == "win32" else ["m"]
            # Where mypyc puts the headers of a group that is named within a package.
            extension.include_dirs = [
                *extension.include_dirs,
                str(Path(self.build_temp) / "autograd" / "engine"),
            ]
        generated_c.amend(
            {Path(source) for extension in extensions for source in extension.sources},
            [ROOT / source for source in native.sources()],
        )
        self._add_kernel(extensions)
        return extensions

    def _add_kernel(self, extensions: list[Extension]) -> None:
        """Make the kernel that runs programs part of the compiled library."""
        generated = Path(self.build_temp) / "autograd" / "engine"
        floats = (ROOT / "autograd" / "engine" / "floats.py").read_text(encoding="utf-8")
        (generated / "kernel_functions.h").write_text(
            f'#include "__native_internal_{native.library_name()}.h"\n'
            f"{generated_c.functions_of_floats(floats)}"
        )
        for extension in extensions:
            if native.LIBRARY_PREFIX in extension.name:
                extension.sources = [*extension.sources, *native.KERNEL]

    def build_extensions(self) -> None:
        """Compile files side by side, on all the cores there are."""
        compile_files = self.compiler.compile

        def compile_side_by_side(sources: list[str], **options: Any) -> list[str]:
            def compile_one(source: str) -> list[str]:
                extra = [*(options["extra_postargs"] or []), *options_for(source)]
                return compile_files([source], **{**options, "extra_postargs": extra})

            # The largest first, since that one takes longest.
            sources = sorted(sources, key=os.path.getsize, reverse=True)
            with ThreadPoolExecutor(os.cpu_count()) as threads:
                return [name for names in threads.map(compile_one, sources) for name in names]

        self.compiler.compile = compile_side_by_side
        self.parallel = True
        super().build_extensions()


def options_for(source: str) -> list[str]:
    """What else to compile a C file with.

    Most of the C is that of the table, of the functions of floats and of what records a call: many
    small functions that call others. Optimized further, it is no faster, and takes half as long
    again to compile; but the table of ids in outside.py is a loop. The kernel takes several square
    roots at once where none is to set an errno.
    """
    if sys.platform == "win32":
        return []
    if source.endswith("kernel.c"):
        return ["-fno-math-errno"]
    called = {"table", "floats", *native.RECORDING} - {"outside"}
    return ["-O1"] if source.endswith(tuple(f"__{name}.c" for name in called)) else []


class EditableWheel(editable_wheel):
    """An editable install, in which nothing compiled earlier may outlive the switch."""

    def run(self) -> None:
        """Clear away, then install."""
        remove_compiled(ROOT)
        super().run()


compiling = to_be_compiled()

setup(
    # Asked for here rather than in pyproject.toml, so that only those who compile fetch it.
    setup_requires=["mypy>=2.4"] if compiling else [],
    # A stand-in, so that the wheel is tagged for the platform. While setuptools asks for the
    # requirement above, mypyc is not there yet.
    ext_modules=[Extension("autograd.engine.native", [])] if compiling else [],
    cmdclass={"build_ext": CompileWithMypyc, "editable_wheel": EditableWheel},
)
