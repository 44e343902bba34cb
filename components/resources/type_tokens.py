"""The types of our components, ``package:module:Type``.

A type is part of every URN below it: it never moves with the file, and never holds an instance's name. Changing one
here would replace live directors.
"""

STACK = "vipstack:stack:Stack"
NETWORK = "vipstack:network:Network"
SECURITY_GROUPS = "vipstack:firewall:SecurityGroups"
INGRESS_RULES = "vipstack:firewall:IngressRules"
PORTS = "vipstack:ports:Ports"
VIRTUAL_IP = "vipstack:virtualip:VirtualIp"
FLEET = "vipstack:fleet:Fleet"
SERVER = "vipstack:server:Server"
PACKAGE = "vipstack:index:Vipstack"  # Pulumi wants a hosted component in this module, by its class's name
