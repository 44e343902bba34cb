"""How a guest gets its files and says that it is ready: a Pulumi resource provider, and the agent on the guest.

Two programs share this room. The provider (``provider``, ``serve``, ``cloud``, ``metadata``, ``console``, ``waiting``)
runs beside Pulumi and may use its packages. What the guest runs is ``agent`` with ``wire``, ``report`` and ``paths``,
named in ``wire.GUEST_MODULES``: Python 3.9 and the standard library only. Add here: anything that talks to a guest. Do
not add here: what a file says (components/rendering), or which guests there are (components/plan).
"""
