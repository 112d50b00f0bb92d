"""One reader for each form in which files hold rows."""
