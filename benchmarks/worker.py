"""One library in a process of its own: it takes a sample whenever it is asked to.

``python -m benchmarks.worker LIBRARY`` reads requests, one line of JSON each, and
answers each with one line. The garbage collector runs as it always does: what a
library costs there is part of its time.
"""

from __future__ import annotations

import gc
import json
import platform
import sys
from dataclasses import asdict
from typing import Any

from benchmarks.libraries import LIBRARIES, Lacking, Library
from benchmarks.workloads import WORKLOADS, Sampler


def main() -> None:
    """Say hello, or what is missing, and serve until the input ends."""
    try:
        library = LIBRARIES[sys.argv[1]]()
    except ImportError as error:
        reply({"missing": str(error)})
        return
    reply({"version": library.version, "python": platform.python_version()})
    samplers: dict[str, Sampler] = {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply(answer(library, samplers, request))
        except Lacking as lack:
            reply({"lacking": str(lack)})
        except RecursionError:
            reply({"lacking": "recursion limit"})


def reply(answer: dict[str, Any]) -> None:
    """Write one line of JSON."""
    print(json.dumps(answer), flush=True)


def answer(
    library: Library, samplers: dict[str, Sampler], request: dict[str, Any]
) -> dict[str, Any]:
    """A sample of a workload, or the memory that it takes at its peak."""
    name, size = request["workload"], request["size"]
    workload = WORKLOADS[name]
    if name not in samplers:
        # Python specialises a function only after some calls of it.
        warm_up = workload.prepare(library, workload.small)
        for _ in range(10):
            warm_up()
        samplers[name] = workload.prepare(library, size)
        # Objects that other workloads left are not counted for this one; those of its own
        # samples are, in the next sample, as in a training loop.
        gc.collect()
    if not request.get("memory"):
        return asdict(samplers[name]())
    before = resident("VmRSS")
    samplers[name]()
    return {"bytes": resident("VmHWM") - before}


def resident(field: str) -> int:
    """The bytes of memory that this process holds (VmRSS), or held at its peak (VmHWM)."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(field):
                return int(line.split()[1]) * 1024
    raise OSError(f"/proc/self/status has no {field}")


if __name__ == "__main__":
    main()
