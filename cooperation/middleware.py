"""What goes out with every answer."""

PUBLIC_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# Django's admin brings scripts of its own, which ask the server for autocomplete options.
ADMIN_POLICY = {**PUBLIC_POLICY, "script-src": "'self'", "connect-src": "'self'"}


def content_security_policy(get_response):
    """Say to the browser what a page may load: nothing but our own style and pictures, and in the admin its scripts."""

    def middleware(request):
        response = get_response(request)
        policy = ADMIN_POLICY if request.path.startswith("/admin/") else PUBLIC_POLICY
        response["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
        return response

    return middleware
