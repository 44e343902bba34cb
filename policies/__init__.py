"""What operators want of every stack, judged on its resources before any of them is created: a pack of policies.

Add here: a rule over resources, as a function in ``rules.py`` whose words are tested. Do not add here: what a stack
file alone shows to be wrong (components/config/rules), or what only the cloud knows (components/preflight).
"""
