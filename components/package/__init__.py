"""The program as one component, for other programs: in process from Python, as a package from other languages.

Add here: what another program sees, its annotations (``args.py`` is written by ``vipstack schema --write``) and its
host (``PulumiPlugin.yaml`` and ``__main__.py``). Do not add here: a decision or a resource; both are those of the rooms
that the program itself goes through.
"""
