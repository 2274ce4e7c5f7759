"""Whether a port is free. Without Django: `make demo` asks before there are settings."""

import socket


def why_unusable(host: str, port: int) -> str:
    """Why the port cannot be listened on, and what to do; empty where it can.

    granian would share a taken one with whoever holds it: half of the requests would go astray.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return (
                f"Port {port} of {host} cannot be used ({error.strerror}): stop what is there or choose another, "
                f"for example PORT={port + 1 if port < 65535 else 8000}."
            )
    return ""
