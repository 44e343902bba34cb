"""One module a service: its settings as plain data, its processes, how it is known to be ready.

Add here: what a service's administrator's guide speaks of. Do not add here: the order of starting (../up.py),
namespaces (../rooms.py), the compute hosts' network (../network.py).
"""
