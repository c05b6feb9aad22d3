"""Headers of answers. Nothing else is asked for here, since gunicorn reads it before Django is there."""

PUBLIC_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    # No script of ours asks for anything, but tools that audit a page read robots.txt from within it.
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# Django's admin brings scripts of its own, which ask the server for autocomplete options.
ADMIN_POLICY = {**PUBLIC_POLICY, "script-src": "'self'"}
# No page uses any of these.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
# What every answer says: it is not shown within another page, not taken for another type of content, and tells no other
# site where a reader comes from.
EVERY_ANSWER = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def format_policy(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())
