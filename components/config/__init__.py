"""What the operator asked for: the stack file as frozen, typed nouns, one module a noun.

Add here: a key of the stack file, its default, a rule that refuses a value. Do not add here: anything computed from
several keys that the program then uses (components/plan), questions to the cloud (components/preflight).
``load.py`` reads, ``check.py`` collects what the nouns (through ``wording.py``) and ``rules/`` find. Pure, except
``load.py``, which alone reads files and Pulumi's configuration.
"""
