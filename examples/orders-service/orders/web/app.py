"""The HTTP interface."""

from flask import Flask, Response, request

from orders import settings as configuration
from orders.notify.warehouse import Warehouse
from orders.service.documents import Documents
from orders.service.orders import OrderService
from orders.store.orders import NotFoundError, OrderStore
from orders.web.auth import require_signature, require_token


def create_app(settings: configuration.Settings | None = None) -> Flask:
    settings = settings or configuration.from_environment()
    documents = Documents(settings.data)
    warehouse = Warehouse(settings.warehouse_url, settings.signing_key)
    store = OrderStore(settings.data / "orders.db")
    service = OrderService(store, documents, warehouse)
    app = Flask(__name__)

    @app.before_request
    def authenticate():
        if request.path == "/callbacks/shipped":
            require_signature(warehouse)
        else:
            require_token(settings.api_token)

    @app.errorhandler(NotFoundError)
    def not_found(error):
        return {"error": str(error)}, 404

    @app.errorhandler(ValueError)
    def bad_value(error):
        return {"error": str(error)}, 400

    @app.post("/orders")
    def place():
        form = request.form
        order = service.place(form["customer"], form["item"], int(form["quantity"]))
        return {"order": order}, 201

    @app.get("/orders")
    def search():
        status = request.args.get("status", "open")
        sort = request.args.get("sort", "id")
        return {"orders": service.search(status, sort)}

    @app.get("/totals")
    def totals():
        return service.totals(request.args.get("group", "customer"))

    @app.get("/invoices/<path:name>")
    def invoice(name):
        return Response(documents.read_invoice(name), mimetype="text/plain")

    @app.get("/slips/<path:name>")
    def slip(name):
        return Response(documents.read_slip(name), mimetype="text/plain")

    @app.post("/orders/<int:order_id>/print")
    def print_papers(order_id):
        service.print_papers(order_id, request.form["printer"])
        return "", 204

    @app.post("/callbacks/shipped")
    def shipped():
        service.ship(int(request.form["shipped"]))
        return "", 204

    return app
