"""What an update would do, in a reviewer's words: from the JSON of ``pulumi preview`` to text.

Add here: what is read off a preview (``document``), what that means for the service (``interruption``), and how it is
written (``markdown``, ``plain``, ``drift``). Do not add here: what is decided of a stack (components/plan), a command
line (vipstack). Everything is pure but ``asking``, which runs the CLI.
"""
