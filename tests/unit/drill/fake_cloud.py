"""A Nova of a few servers, for what breaks and mends them. It fails where a test tells it to."""

from drill.cloud import Cloud
from drill.errors import DrillError


class FakeCloud(Cloud):
    """Answers as Nova does: a server that is asked changes its status at the second look."""

    def __init__(self, **statuses):
        super().__init__()
        self.statuses = statuses
        self.metadata = {server: {} for server in statuses}
        self.consoles = dict.fromkeys(statuses, "")
        self.coming = {}
        self.calls = []
        self.failures = []
        self.ports = {}

    def state(self, server):
        if server in self.coming:
            before = self.statuses[server]
            self.statuses[server] = self.coming.pop(server)
            return before, "powering"
        return self.statuses[server], None

    def whole_console(self, server):
        return self.consoles[server]

    def items(self, server):
        return dict(self.metadata[server])

    def merge_items(self, server, items):
        self.metadata[server].update(items)

    def remove_item(self, server, key):
        del self.metadata[server][key]

    def port_up(self, server, mac):
        return self.ports.get((server, mac), True)

    def set_port(self, server, mac, *, up):
        self.calls.append("join" if up else "cut")
        self.ports[server, mac] = up

    def _act(self, server, action):
        self.calls.append(action)
        if action in self.failures:
            self.failures.remove(action)
            raise DrillError("Nova", "Nova answers 503", "an answer", "try again")
        after = {"pause": "PAUSED", "unpause": "ACTIVE", "os-stop": "SHUTOFF", "os-start": "ACTIVE"}
        self.coming[server] = after[action]
