"""The command line: one module a command, each a page at most.

Add here: what reads the operator's words and prints answers. Do not add here: decisions (components/plan),
work on a machine (lab, drill, toolchain).
"""
