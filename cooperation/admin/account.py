"""Accounts in the admin: Django's own pages, without those of other people's authenticator apps."""

from django.contrib import admin
from django_otp.plugins.otp_totp.admin import TOTPDevice

# Its pages show the secret from which the codes are made. Who needs a new one sets up a new app.
admin.site.unregister(TOTPDevice)
