"""What comes in and goes out with every page."""

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


def is_for_admin(request):
    return request.path_info.startswith("/admin/")


def content_security_policy(get_response):
    """Say to the browser what a page may load: nothing but our own style and pictures, and in the admin its scripts."""

    def middleware(request):
        response = get_response(request)
        policy = ADMIN_POLICY if is_for_admin(request) else PUBLIC_POLICY
        response["Content-Security-Policy"] = "; ".join(f"{name} {value}" for name, value in policy.items())
        return response

    return middleware


def no_cookies_in_public(get_response):
    """Look at no cookie outside the admin, so that public pages are the same for everyone and never set one."""

    def middleware(request):
        if not is_for_admin(request):
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware


def no_length_when_not_modified(get_response):
    """Send “not modified” without a length: a cache could take its 0 for the length of the page that it keeps."""

    def middleware(request):
        response = get_response(request)
        if response.status_code == 304:
            del response["Content-Length"]
        return response

    return middleware
