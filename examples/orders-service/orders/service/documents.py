"""Invoices and packing slips: written, read and printed."""

import subprocess
from pathlib import Path

from orders.store.orders import NotFoundError, Order


class Documents:
    def __init__(self, folder: Path) -> None:
        self.invoices = folder / "invoices"
        self.slips = folder / "slips"
        self.invoices.mkdir(parents=True, exist_ok=True)
        self.slips.mkdir(exist_ok=True)

    def write(self, order: Order) -> None:
        line = f"{order.quantity} x {order.item} for {order.customer}\n"
        total = f"Total: {order.cents / 100:.2f}\n"
        (self.invoices / f"{order.id}.txt").write_text(line + total, encoding="utf-8")
        (self.slips / f"{order.id}.txt").write_text(line, encoding="utf-8")

    def read_invoice(self, name: str) -> str:
        path = self.invoices / name
        if not path.is_file():
            raise NotFoundError(f"invoice {name}")
        return path.read_text(encoding="utf-8")

    def read_slip(self, name: str) -> str:
        path = (self.slips / name).resolve()
        if not path.is_relative_to(self.slips) or not path.is_file():
            raise NotFoundError(f"slip {name}")
        return path.read_text(encoding="utf-8")

    def print_invoice(self, order: Order, printer: str) -> None:
        path = self.invoices / f"{order.id}.txt"
        subprocess.run(f"pr {path} | lp -d {printer}", shell=True, check=True)

    def print_slip(self, order: Order, printer: str) -> None:
        path = self.slips / f"{order.id}.txt"
        subprocess.run(["lp", "-d", printer, str(path)], check=True)
