"""The guest's agent: fetches the newest manifest, takes it into use, verifies it, and reports on the serial console.

Runs on the guest as ``python3 -m guestconfig.agent``: Python 3.9, standard library only, little CPU. Add here: what
the guest does with a manifest. Do not add here: the manifest's form and the allow-list (``guestconfig.wire``,
``.paths``), or anything that runs a text from the channel: contents are data.

The order: fetch, verify, write candidates, the daemon's own check, atomic swap, activation, expectations, report. What
fails before the swap leaves everything as it was; what fails in activation is rolled back.
"""
