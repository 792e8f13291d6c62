"""Local servers with the protocols of YooKassa, TBank and TMetr: for tests and for trying the server out.

Each is a real HTTP server: `python -m provider_servers --port 8100` starts all three on one port,
`python -m provider_servers tmetr --port 8103` only one. They do not import the payments server.
"""

from provider_servers.faults import Fault
from provider_servers.server import ProviderServer
from provider_servers.tbank import TBank
from provider_servers.tmetr import TMetr
from provider_servers.yookassa import Yookassa

__all__ = ["Fault", "ProviderServer", "TBank", "TMetr", "Yookassa"]
