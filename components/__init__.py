"""The program: from an operator's stack file to load balancing on an OpenStack.

Knowledge flows one way: ``config -> plan -> rendering -> resources``. Nothing here imports from ``drill``, ``lab``,
``vipstack`` or the tests. What talks to a guest is in ``guestconfig``.
"""
