"""What notation also allows: second readings of an answer, tried when the plain one differs."""
