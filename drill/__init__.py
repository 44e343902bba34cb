"""Failover drills of a live stack: break a director, watch from inside, mend it, judge.

Lives here: faults (break and mend in pairs), the prober's order and its records, what guests say on their consoles, the
pure judgement (``timeline``) and the report. The guests' own scripts are static files below cloud-init/: the observer's
probe, and the directors' announcement of which addresses they hold.
Add here: a fault, a measure of one. Do not add here: what creates or configures a stack (components/), what needs the
lab (tests/lab) or SSH: a drill works through the OpenStack API alone, so it works on any cloud.
"""
