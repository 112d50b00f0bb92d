"""`python -m dartmath`."""

from dartmath.cli import main

main()
