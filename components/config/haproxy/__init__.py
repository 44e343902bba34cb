"""``haproxy``: the load balancer on the directors, one module a noun below it.

HAProxy ends a client's connection and opens one of its own, so that it sees whole requests; IPVS (``services``) only
forwards packets. Add here: a key below ``haproxy:``. Do not add here: a rule across keys (components/config/rules).
"""
