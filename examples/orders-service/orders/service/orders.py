"""What can be done with an order."""

from orders.notify.warehouse import Warehouse
from orders.service.documents import Documents
from orders.store.orders import GROUPS, Order, OrderStore

PRICES = {"lamp": 4900, "shelf": 12900, "stool": 3500}


class OrderService:
    def __init__(
        self, store: OrderStore, documents: Documents, warehouse: Warehouse
    ) -> None:
        self.store = store
        self.documents = documents
        self.warehouse = warehouse

    def place(self, customer: str, item: str, quantity: int) -> Order:
        if item not in PRICES:
            raise ValueError(f"no such item: {item}")
        if not 1 <= quantity <= 100:
            raise ValueError("quantity must be between 1 and 100")
        order = self.store.add(customer, item, quantity, PRICES[item] * quantity)
        self.documents.write(order)
        self.warehouse.announce(order)
        return order

    def search(self, status: str, sort: str) -> list[Order]:
        if status not in ("open", "shipped"):
            raise ValueError(f"no such status: {status}")
        return self.store.find(status, sort)

    def totals(self, group: str) -> dict[str, int]:
        if group not in GROUPS:
            raise ValueError(f"cannot group by {group}")
        return self.store.totals(group)

    def print_papers(self, order_id: int, printer: str) -> None:
        order = self.store.get(order_id)
        self.documents.print_invoice(order, printer)
        self.documents.print_slip(order, printer)

    def ship(self, order_id: int) -> None:
        order = self.store.get(order_id)
        self.store.mark_shipped(order.id)
