"""What runs inside the sandbox: reads blocks of code, runs them in one namespace, reports.

Standard library only, since nothing else of dartmath is visible inside. A block arrives on one
pipe as its length, a line with a nonce and the CPU seconds, and the code; for each, a line with the
nonce and the outcome goes out on another. What a block prints goes straight to the standard output,
which the parent reads. Everything here shares the process with hostile code, so the parent trusts
none of it.
"""

from __future__ import annotations

import ast
import json
import linecache
import math
import os
import resource
import signal
import struct
import sys
import traceback
import types
from typing import Any

# From a block's CPU limit, where Python is interrupted, to the kernel's, where the process dies.
GRACE_SECONDS = 1


class TimeLimit(BaseException):
    """The block has used up its CPU time."""


def main() -> None:
    """Drop privileges, set limits, then run blocks until the request pipe closes."""
    config = json.loads(sys.argv[1])
    if config.get("streams"):
        _take_the_streams(config)
    _drop(config["uid"])
    _limit(config)
    if config.get("filter"):
        _filter(bytes.fromhex(config["filter"]))
    sys.argv = [""]
    sys.set_int_max_str_digits(0)  # long integers cost time and output, which have limits of their own
    sys.stdout.reconfigure(errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]
    signal.signal(signal.SIGPROF, _on_time_limit)
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    _reply(config["replies"], "ready", "ok")
    number = 0
    while (request := _receive(config["requests"])) is not None:
        number += 1
        nonce, seconds, code = request
        outcome = _guarded(code, seconds, module.__dict__, f"<block {number}>")
        _reply(config["replies"], nonce, outcome)


def _take_the_streams(config: dict[str, Any]) -> None:
    """Requests and replies come by the standard streams: put them out of the way of what blocks print."""
    config["requests"], config["replies"] = os.dup(0), os.dup(2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(1, 2)


def _drop(uid: int | None) -> None:
    """Become an ordinary user that owns nothing, for good."""
    if uid is None:
        return
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _limit(config: dict[str, Any]) -> None:
    limits = {
        "RLIMIT_AS": config["memory"],
        "RLIMIT_NPROC": config["processes"],
        "RLIMIT_FSIZE": config["file_size"],
        "RLIMIT_NOFILE": 64,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_SIGPENDING": 64,
    }
    for name, value in limits.items():
        if value is not None and hasattr(resource, name):
            resource.setrlimit(getattr(resource, name), (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (config["cpu"], config["cpu"]))


def _filter(program: bytes) -> None:
    """Put a system-call filter on this process, for good, beside that of a container engine."""
    import ctypes

    class Program(ctypes.Structure):  # struct sock_fprog
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    call = ctypes.CDLL(None, use_errno=True).prctl
    set_no_new_privileges, set_seccomp, mode_filter = 38, 22, 2
    made = Program(len(program) // 8, program)
    if call(set_no_new_privileges, 1, 0, 0, 0) or call(set_seccomp, mode_filter, ctypes.byref(made), 0, 0):
        raise OSError(ctypes.get_errno(), "no system-call filter")


def _receive(pipe: int) -> tuple[str, float, str] | None:
    """Nonce, CPU seconds and code of the next block; None when there will be none."""
    head = _read(pipe, 4)
    body = _read(pipe, struct.unpack(">I", head)[0]) if head else None
    if body is None:
        return None
    first, _, code = body.decode("utf-8", "surrogatepass").partition("\n")
    nonce, seconds = first.split(" ")
    return nonce, float(seconds), code


def _reply(pipe: int, nonce: str, outcome: str) -> None:
    os.write(pipe, f"{nonce} {outcome}\n".encode())


def _read(pipe: int, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        part = os.read(pipe, size - len(data))
        if not part:
            return None
        data += part
    return data


def _guarded(code: str, seconds: float, namespace: dict[str, Any], name: str) -> str:
    """Run one block under its CPU limit; what happened, whatever it was."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    resource.setrlimit(resource.RLIMIT_CPU, (min(hard, math.ceil(used + seconds) + GRACE_SECONDS), hard))
    try:
        # The interval makes it hold for code that swallows every exception.
        signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)
        return _run(code, namespace, name)
    except TimeLimit:
        _say(f"TimeoutError: the block used more than {seconds:g} s of CPU time")
        return "timeout"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        _flush()


def _run(code: str, namespace: dict[str, Any], name: str) -> str:
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    try:
        _execute(code, namespace, name)
    except TimeLimit:
        raise
    except SystemExit as error:
        return "ok" if error.code in (None, 0) else "error"
    except BaseException as error:
        signal.setitimer(signal.ITIMER_PROF, 1, 0.1)
        _flush()
        _say(_explain(error, name))
        return "error"
    return "ok"


def _execute(code: str, namespace: dict[str, Any], name: str) -> None:
    """Run `code` like a notebook cell: the value of a last expression is shown."""
    tree = ast.parse(code, name)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, name, "exec"), namespace)  # noqa: S102 - this is the inside of the sandbox
        return
    exec(compile(ast.Module(tree.body[:-1], []), name, "exec"), namespace)  # noqa: S102 - as above
    value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)  # noqa: S307 - as above
    if value is not None:
        print(value if isinstance(value, str) else repr(value))


def _explain(error: BaseException, name: str) -> str:
    """The traceback without the frames of this file."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != name:
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace)).rstrip("\n")


def _on_time_limit(signum: int, frame: types.FrameType | None) -> None:
    raise TimeLimit


def _say(text: str) -> None:
    os.write(1, text.encode("utf-8", "backslashreplace") + b"\n")


def _flush() -> None:
    for stream in (sys.stdout, sys.__stdout__):
        try:
            stream.flush()  # type: ignore[union-attr]
        except Exception:
            pass


if __name__ == "__main__":
    main()
