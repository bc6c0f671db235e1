"""The one exception whose text is meant for a person: what is wrong, where, and what to do."""


class BadInput(Exception):
    """A file, message or argument from outside that cannot be used.

    The text is one complete sentence that names the file and the field and says what to do. Interfaces show it as it is
    (the command line prints it and exits with 2); it is never accompanied by a traceback.
    """
