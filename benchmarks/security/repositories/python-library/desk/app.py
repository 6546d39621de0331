"""The routes."""

from flask import Flask, Response, abort, redirect, request, session

from desk import accounts, catalogue, covers, pages

app = Flask(__name__)


@app.get("/books")
def books():
    words = request.args.get("words", "")
    return pages.results(words, catalogue.search(words))


@app.get("/shelf")
def shelf():
    order = request.args.get("order", "title")
    if order not in catalogue.SHELF_COLUMNS:
        abort(400)
    return {"books": [dict(row) for row in catalogue.shelf(order)]}


@app.get("/covers/<path:name>")
def cover(name):
    return Response(covers.cover(name) or abort(404), mimetype="image/jpeg")


@app.get("/notices/<path:name>")
def notice(name):
    return Response(covers.notice(name) or abort(404), mimetype="text/plain")


@app.post("/books/<int:book_id>/cover")
def new_cover(book_id):
    covers.fetch_cover(book_id, request.form["address"])
    covers.shrink(book_id, request.form.get("size", "200x300"))
    return covers.fetch_metadata(request.form["isbn"])


@app.post("/notices/<int:reader_id>/print")
def print_notice(reader_id):
    covers.print_notice(reader_id, request.form["printer"])
    return covers.printer_status()


@app.get("/loans/<name>")
def loans(name):
    reader = catalogue.reader_named(name) or abort(404)
    return pages.loans(name, catalogue.loans_of(reader["id"]))


@app.post("/enter")
def enter():
    reader = accounts.sign_in(request.form["name"], request.form["password"])
    session["reader"] = reader["id"] if reader else abort(403)
    session["preferences"] = accounts.preferences(request.cookies.get("preferences"))
    return redirect(request.form.get("next", "/shelf"))


@app.post("/recover")
def recover():
    session["code"] = accounts.recovery_code()
    return {"message": accounts.greeting(request.form["name"])}


@app.post("/leave")
def leave():
    session.clear()
    target = request.form.get("next", "/shelf")
    if not target.startswith("/") or target.startswith("//"):
        target = "/shelf"
    return redirect(target)


@app.post("/hooks/returns")
def returned():
    body = request.get_data()
    if not accounts.webhook_is_genuine(body, request.headers.get("X-Signature", "")):
        abort(403)
    covers.announce(request.get_json())
    return "", 204


@app.route("/hours", methods=["GET", "PUT"])
def hours():
    if request.method == "PUT" and "reader" in session:
        accounts.remember_hours({day: str(text) for day, text in request.get_json().items()})
    return accounts.opening_hours()
