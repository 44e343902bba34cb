"""A program with one secret and no cloud; while the folder of GATE holds a file "shut", it waits and says so there."""

import os
import time
from pathlib import Path

import pulumi

gate = Path(os.environ["GATE"])
while (gate / "shut").exists():
    (gate / "waiting").touch()
    time.sleep(0.1)
pulumi.export("answer", pulumi.Config().require_secret("answer"))
