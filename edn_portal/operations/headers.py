"""What every response says to a browser, files and errors included, beside what Django's own middleware says."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.csp import CSP

# The portal asks for none of these, and no script in its pages shall be able to. What is not listed (passkeys, copying) stays its own.
FORBIDDEN = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation",
    "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
POLICY = {
    **{use: [CSP.NONE] for use in ("default-src", "frame-ancestors", "base-uri")},
    **{use: [CSP.SELF] for use in ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action")},
}
HEADERS = {
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in FORBIDDEN),
    # No other site shows our pictures or runs our scripts.
    "Cross-Origin-Resource-Policy": "same-origin",
}


def guard_every_response(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """The first middleware: whatever answers, it answers through here."""

    def guarded(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return guarded
