"""What the operator's wishes mean: addresses, names, priorities, timers, rules, decided before anything is created.

Add here: plain functions from frozen configuration to frozen plans; a constant carries its reason. Do not add here: a
refusal of an operator's value (components/config), a daemon's syntax (cloud-init), a resource (components/resources).

The plan is complete but for one thing that only Neutron can know: the addresses of ports whose operator left the choice
to the allocation pool. Whoever renders passes the addresses of all ports; ``stack.assumed_addresses`` gives a likely
set for a look without a cloud.
"""
