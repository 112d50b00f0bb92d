"""torchrun or accelerate, deaf to signals: `python -m dartmath.training.launcher TOOL ARGUMENTS`.

Slurm and systemd send a signal to every process of a job at once. torchrun would pass it on and
kill the trainers half a minute later, in the middle of a step or a checkpoint. The trainers get
the signal too, or find the file that asks them to stop, and end by themselves.
"""

from __future__ import annotations

import signal
import sys

from dartmath.training.interrupt import SIGNALS

# torchrun wants at least one; this one is no polite way to end anything.
_HANDLED = "SIGQUIT"


def main(tool: str, arguments: list[str]) -> None:
    """Run `tool`, "torchrun" or "accelerate" (its `launch`), with its own arguments."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    if tool == "accelerate":
        from accelerate.commands.launch import launch_command, launch_command_parser

        parsed = launch_command_parser().parse_args(arguments)
        # Not an option of accelerate's own, but it hands what torchrun knows on to it.
        parsed.signals_to_handle = _HANDLED
        launch_command(parsed)
    else:
        from torch.distributed.run import main as torchrun

        torchrun(["--signals-to-handle", _HANDLED, *arguments])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
