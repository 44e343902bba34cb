"""Test environments: stacks with an end, made from another stack's file, and their teardown with or without a state.

Add here: what derives, finds, prolongs and ends an environment. Do not add here: the operator's words and tables
(``vipstack/env.py``), or what a stack is (``components/``), whose tags (``components/plan/tags.py``) are all that this
room goes by: what bears no tag of a stack is never deleted here.
"""
