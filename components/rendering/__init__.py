"""The plan as text: every file of every guest, and the user data that brings a guest up. Pure.

Add here: how a plan's values are put into words for a template, how text is assembled. Do not add here: a daemon's
syntax (a template below cloud-init/), a choice of addresses, priorities or rules (components/plan), anything that
writes to a disk or asks a cloud.

Two kinds of files reach a guest. What a template makes (``*.j2``) is data of the stack and changes while the guest
lives; ``guest_files`` renders it. Everything else below ``cloud-init/`` is static, comes once with the user data
(``user_data``), and changes only with the program.
"""
