"""What somebody typed into a form and sent after the session had ended. It comes back after the log-in."""

from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

UNSENT = "unsent"
# Forms of records. What is typed elsewhere, such as a new password, is not kept.
KEPT_FROM = "/admin/cooperation/"
# Characters. The form of a forum with 139 members sends 60,000.
MAX_UNSENT = 500_000


@dataclass(frozen=True)
class UnsentForm:
    """A form, the address that it is sent to, and whether files were chosen in it, which are not kept."""

    address: str
    data: QueryDict
    has_files: bool


def can_keep(request: HttpRequest) -> bool:
    """Tell whether `request` sends a form that comes back after the log-in."""
    return request.method == "POST" and request.path_info.startswith(KEPT_FROM)


def typed_fields(request: HttpRequest) -> QueryDict:
    """Read what the form of `request` holds, without the token of its former page."""
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    return data


def keep_unsent(request: HttpRequest, owner: int) -> bool:
    """Keep a form in the new, empty session of whoever sent it, for the account `owner`; False if it is too large."""
    data = typed_fields(request).urlencode()
    if len(data) > MAX_UNSENT:
        return False
    request.session[UNSENT] = {
        "owner": owner,
        "address": request.get_full_path(),
        "data": data,
        "has_files": bool(request.FILES),
    }
    return True


def read_unsent(request: HttpRequest, owner: int) -> UnsentForm | None:
    """Return the form that waits for the account `owner`, or None."""
    unsent = request.session.get(UNSENT)
    if unsent is None or unsent["owner"] != owner:
        return None
    return UnsentForm(unsent["address"], QueryDict(unsent["data"]), unsent["has_files"])


def forget_unsent(request: HttpRequest) -> None:
    request.session.pop(UNSENT, None)


def forget_when_sent(request: HttpRequest) -> None:
    """Forget the form that waits, once its address is sent a form."""
    if request.method == "POST" and request.session.get(UNSENT, {}).get("address") == request.get_full_path():
        forget_unsent(request)
