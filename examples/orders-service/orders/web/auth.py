"""Who may call: holders of the API token, and the warehouse."""

import hmac

from flask import abort, request

from orders.notify.warehouse import Warehouse


def require_token(token: str) -> None:
    given = request.headers.get("X-Api-Token", "")
    if not hmac.compare_digest(given.encode(), token.encode()):
        abort(401)


def require_signature(warehouse: Warehouse) -> None:
    given = request.headers.get("X-Signature", "")
    if given != warehouse.sign(request.get_data()):
        abort(401)
