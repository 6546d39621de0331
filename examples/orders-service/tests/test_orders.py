import pytest

from orders.notify.warehouse import Warehouse
from orders.settings import Settings
from orders.web.app import create_app

TOKEN = {"X-Api-Token": "token"}


@pytest.fixture
def client(tmp_path):
    return create_app(Settings("token", "key", None, tmp_path)).test_client()


def test_an_order_is_placed_invoiced_and_shipped(client):
    form = {"customer": "Harbour Cafe", "item": "lamp", "quantity": "2"}
    assert client.post("/orders", data=form, headers=TOKEN).status_code == 201
    assert "98.00" in client.get("/invoices/1.txt", headers=TOKEN).text

    signature = {"X-Signature": Warehouse(None, "key").sign(b"shipped=1")}
    form = {"shipped": "1"}
    client.post("/callbacks/shipped", data=form, headers=signature)
    found = client.get("/orders?status=shipped", headers=TOKEN).json["orders"]
    assert [order["id"] for order in found] == [1]


def test_callers_need_the_token(client):
    assert client.get("/orders").status_code == 401
