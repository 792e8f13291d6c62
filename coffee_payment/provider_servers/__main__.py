"""`python -m provider_servers [yookassa] [tbank] [tmetr] --port N`."""

import argparse
import contextlib

from provider_servers import ProviderServer, TBank, TMetr, Yookassa
from provider_servers.messages import Service

SERVICES = ("yookassa", "tbank", "tmetr")


def main() -> None:
    """Serve the named providers (default: all) until interrupted."""
    options = _options()
    public_url = options.public_url or f"http://localhost:{options.port}"
    base = options.merchant_url.rstrip("/") if options.merchant_url else None
    shared = {"return_base": options.return_url, "public_url": public_url}
    terminals = dict(pair.split(":", 1) for pair in options.terminal)
    services: dict[str, Service] = {
        "yookassa": Yookassa(webhook=base and base + Yookassa.notification_path, **shared),
        "tbank": TBank(terminals=terminals, webhook=base and base + TBank.notification_path, **shared),
        "tmetr": TMetr(price=options.price),
    }
    chosen = [services[name] for name in options.services or SERVICES]
    server = ProviderServer(*chosen, host=options.host, port=options.port)
    server.verbose = not options.quiet
    server.latency = options.latency
    print(f"{', '.join(service.name for service in chosen)} on {server.url}", flush=True)  # noqa: T201
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m provider_servers", description=__doc__)
    parser.add_argument("services", nargs="*", metavar="SERVICE", help="yookassa, tbank, tmetr; default: all")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one and prints it")
    parser.add_argument(
        "--public-url", help="where a browser finds this server; default http://localhost:PORT"
    )
    parser.add_argument(
        "--merchant-url", help="where notifications go: the payments server, as seen from here"
    )
    parser.add_argument("--return-url", help="scheme and host of the payments server, as a browser sees it")
    parser.add_argument("--terminal", action="append", default=["local:local"], metavar="KEY:PASSWORD")
    parser.add_argument("--price", type=int, default=15000, help="of every drink, in kopecks")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds that every answer takes")
    parser.add_argument("--quiet", action="store_true", help="no line for each request")
    options = parser.parse_args()
    if unknown := set(options.services) - set(SERVICES):
        parser.error(f"unknown service {min(unknown)!r}; choose from {', '.join(SERVICES)}")
    return options


if __name__ == "__main__":
    main()
