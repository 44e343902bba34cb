"""Questions to the cloud before the first resource: is what the plan needs there, allowed, and not taken?

Add here: one module a question, with two functions: ``ask`` gathers facts (over HTTP, changes nothing, may run beside
the other questions), ``judge`` turns plan and facts into findings (pure). ``check.py`` asks all of them at once and
reports every finding at once. Do not add here: a refusal that the stack file alone decides (components/config), a call
that changes something in the cloud (components/resources).

Speaks the APIs itself and not over the SDK: importing that takes longer than asking everything here, and it would be
paid in every preview.
"""
