"""`python -m dartmath.cli`."""

from dartmath.cli import main

main()
