"""The system calls that sandboxed code may not make, as a seccomp filter program.

A second wall behind the namespaces: no new namespaces or mounts, no looking into other processes, no
kernel interfaces that arithmetic never needs or that act on the whole machine or tell of it (its disks,
load and mounts), no memory outside the address-space limit (memfd, System V segments, the machine's few
slots for asynchronous I/O), and no sockets but local ones, since some families (AF_VSOCK) ignore network
namespaces. Denied calls fail with EPERM instead of killing, so that a program gets an ordinary exception.

Filter language: https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html;
call numbers: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h of Linux.
"""

from __future__ import annotations

import errno
import platform
import struct
from dataclasses import dataclass

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24
# F_SETLK, F_SETLKW and the two of open file descriptions: one response could leave marks for another on a
# file of Python that both see. They do nothing and say that all is well, which is what SQLite needs of them.
_SET_LOCK = (6, 7, 37, 38)
_NEW_NAMESPACE_FLAGS = 0x7E020000
_AF_UNIX = 1
_X32_BIT = 0x40000000

# name: (x86_64, aarch64); None where the architecture has no such call.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_setup": (206, 0),
    "fanotify_init": (300, 262),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "flock": (73, 32),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "sync": (162, 81),
    "syncfs": (306, 267),
    "sysinfo": (99, 179),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "cachestat": (451, 451),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "syslog": (103, 116),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "personality": (135, 92),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
}


@dataclass(frozen=True, slots=True)
class _Machine:
    column: int
    audit: int
    clone: int
    clone3: int
    fcntl: int
    sockets: tuple[int, int]


_MACHINES = {
    "x86_64": _Machine(column=0, audit=0xC000003E, clone=56, clone3=435, fcntl=72, sockets=(41, 53)),
    "aarch64": _Machine(column=1, audit=0xC00000B7, clone=220, clone3=435, fcntl=25, sockets=(198, 199)),
}


def supported(machine: str | None = None) -> bool:
    """Whether there is a filter for this kind of machine."""
    return (machine or platform.machine()) in _MACHINES


def program(machine: str | None = None) -> bytes:
    """The filter as an array of `struct sock_filter`, as `bwrap --seccomp` reads it."""
    made = _MACHINES[machine or platform.machine()]
    deny = [_return(_ERRNO | errno.EPERM)]
    code = [_load(_ARCHITECTURE), _jump(_JUMP_EQUAL, made.audit, 1, 0), _return(_KILL), _load(_NUMBER)]
    if made.column == 0:
        # The x32 calls are another table of the same numbers.
        code += [_jump(_JUMP_GREATER_EQUAL, _X32_BIT, 0, 1), *deny]
    for numbers in _DENIED.values():
        number = numbers[made.column]
        if number is not None:
            code += [_jump(_JUMP_EQUAL, number, 0, 1), *deny]
    # The flags of clone3 lie in memory that a filter cannot see: libc falls back to clone.
    code += [_jump(_JUMP_EQUAL, made.clone3, 0, 1), _return(_ERRNO | errno.ENOSYS)]
    code += [_jump(_JUMP_EQUAL, made.clone, 0, 4), _load(_FIRST_ARGUMENT)]
    code += [_jump(_JUMP_ANY_BIT, _NEW_NAMESPACE_FLAGS, 0, 1), *deny, _return(_ALLOW)]
    locks = [part for lock in _SET_LOCK for part in (_jump(_JUMP_EQUAL, lock, 0, 1), _return(_ERRNO))]
    code += [
        _jump(_JUMP_EQUAL, made.fcntl, 0, len(locks) + 2),
        _load(_SECOND_ARGUMENT),
        *locks,
        _return(_ALLOW),
    ]
    for number in made.sockets:  # socket and socketpair: the family comes first
        code += [_jump(_JUMP_EQUAL, number, 0, 4), _load(_FIRST_ARGUMENT)]
        code += [_jump(_JUMP_EQUAL, _AF_UNIX, 1, 0), *deny, _return(_ALLOW)]
    return b"".join([*code, _return(_ALLOW)])


def _load(offset: int) -> bytes:
    return struct.pack("=HBBI", _LOAD, 0, 0, offset)


def _jump(kind: int, value: int, if_true: int, if_false: int) -> bytes:
    return struct.pack("=HBBI", kind, if_true, if_false, value)


def _return(value: int) -> bytes:
    return struct.pack("=HBBI", _RETURN, 0, 0, value)
