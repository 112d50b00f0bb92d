"""The system-call filter, run by a small interpreter of the filter language."""

from __future__ import annotations

import errno
import struct

import pytest

from dartmath.tools import seccomp

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL = 0x7FFF0000, 0x80000000
DENY, ABSENT = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
# (call, x86_64, aarch64, first argument, what the filter says)
CALLS = [
    ("read", 0, 63, 0, ALLOW),
    ("mmap", 9, 222, 0, ALLOW),
    ("ptrace", 101, 117, 0, DENY),
    ("mount", 165, 40, 0, DENY),
    ("unshare", 272, 97, 0x10000000, DENY),
    ("bpf", 321, 280, 0, DENY),
    ("memfd_create", 319, 279, 0, DENY),
    ("clone3", 435, 435, 0, ABSENT),
    ("clone of a process", 56, 220, 17, ALLOW),
    ("clone of a thread", 56, 220, 0x3D0F00, ALLOW),
    ("clone into a user namespace", 56, 220, 0x10000000 | 17, DENY),
    ("clone into a network namespace", 56, 220, 0x40000000 | 17, DENY),
    ("local socket", 41, 198, 1, ALLOW),
    ("internet socket", 41, 198, 2, DENY),
    ("virtual machine socket", 41, 198, 40, DENY),
    ("pair of local sockets", 53, 199, 1, ALLOW),
    ("pair of internet sockets", 53, 199, 2, DENY),
    ("asynchronous I/O", 206, 0, 1, DENY),
    ("writing all disks", 162, 81, 0, DENY),
    ("load of the machine", 99, 179, 0, DENY),
    ("mounts of the machine", 458, 458, 0, DENY),
    ("writing a file to its disk", 74, 82, 0, ALLOW),
]


def run(program: bytes, number: int, architecture: int, argument: int, second: int = 0) -> int:
    """What the filter returns for one call, as the kernel would interpret it."""
    data = struct.pack("=iIQ6Q", number, architecture, 0, argument, second, 0, 0, 0, 0)
    code = list(struct.iter_unpack("=HBBI", program))
    here, register = 0, 0
    while True:
        kind, if_true, if_false, value = code[here]
        here += 1
        if kind == 0x20:
            register = struct.unpack_from("=I", data, value)[0]
        elif kind == 0x06:
            return int(value)
        else:
            test = {0x15: register == value, 0x35: register >= value, 0x45: bool(register & value)}[kind]
            here += if_true if test else if_false


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("call", CALLS, ids=[c[0] for c in CALLS])
def test_verdict(machine: str, call: tuple[str, int, int, int, int]) -> None:
    _, x86, arm, argument, verdict = call
    number = x86 if machine == "x86_64" else arm
    assert run(seccomp.program(machine), number, AUDIT[machine], argument) == verdict


@pytest.mark.parametrize(("machine", "number"), [("x86_64", 72), ("aarch64", 25)])
@pytest.mark.parametrize(("command", "verdict"), [(6, 0x00050000), (38, 0x00050000), (3, ALLOW), (5, ALLOW)])
def test_locks_do_nothing_and_say_that_all_is_well(
    machine: str, number: int, command: int, verdict: int
) -> None:
    assert run(seccomp.program(machine), number, AUDIT[machine], 3, command) == verdict


def test_calls_of_another_architecture_kill() -> None:
    assert run(seccomp.program("x86_64"), 0, AUDIT["aarch64"], 0) == KILL


def test_x32_numbers_are_denied() -> None:
    assert run(seccomp.program("x86_64"), 0x40000000, AUDIT["x86_64"], 0) == DENY


def test_supported_machines() -> None:
    assert seccomp.supported("x86_64")
    assert seccomp.supported("aarch64")
    assert not seccomp.supported("riscv64")
