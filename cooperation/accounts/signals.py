"""What happens at the log-in, for whoever writes it down. `user` is an account, `request` None for a command.

Django's own signals tell of the rest: `user_logged_in`, `user_logged_out`, `user_login_failed` (a wrong password).
"""

from django.dispatch import Signal

# request, name (as typed, perhaps a password by mistake), step (a value of SignInAttempt.Step): too many attempts.
sign_in_refused = Signal()
# request, user: the password was right, the code was not.
second_factor_failed = Signal()
# request, user: somebody set up an authenticator app.
second_factor_added = Signal()
# request, user (whose), by (who did it; None for a command).
second_factor_removed = Signal()
# request, user, left (how many are left): somebody logged in with a recovery code.
recovery_code_used = Signal()
# request, user: somebody made new recovery codes; the former ones are void.
recovery_codes_made = Signal()
# request, user, reason (a sentence): a session was ended, which `user_logged_out` tells of as well.
session_ended = Signal()
# request, user, by (who did it; None where it was asked for at the log-in, or by a command).
password_link_made = Signal()
# request, user: somebody set a password with a link.
password_set_by_link = Signal()
