"""Who is at the desk: sign-in, preferences and recovery."""

import base64
import hashlib
import hmac
import pickle
import random

from werkzeug.security import check_password_hash

from desk import catalogue, settings

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GREETINGS = ["Good to see you", "Welcome back", "Hello again"]


def sign_in(name, password):
    reader = catalogue.reader_named(name)
    if reader is None or not check_password_hash(reader["password"], password):
        return None
    return reader


def webhook_is_genuine(body, signature):
    expected = hmac.new(settings.WEBHOOK_KEY, body, hashlib.sha256).hexdigest()
    return signature == expected


def recovery_code():
    return "".join(random.choice(ALPHABET) for _ in range(12))


def greeting(name):
    return f"{random.choice(GREETINGS)}, {name}"


def preferences(cookie):
    if not cookie:
        return {}
    return pickle.loads(base64.urlsafe_b64decode(cookie))


def remember_hours(hours):
    with open(settings.DATA / "hours.cache", "wb") as file:
        pickle.dump(hours, file)


def opening_hours():
    with open(settings.DATA / "hours.cache", "rb") as file:
        return pickle.load(file)
