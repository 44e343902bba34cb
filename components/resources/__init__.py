"""The plan as OpenStack: the only room that creates resources.

Add here: a component for a noun of the plan, of one shape: ``(name, args, opts=None)``, frozen args, children with
``parent=self`` and names keyed by identity. Do not add here: an address, a name, a rule (components/plan), the text of
a guest's file (components/rendering), a question to the cloud (components/preflight), an export (``outputs.py`` only
says what there is to export).
"""
