import { Http } from "./http";

export interface Order {
  id: number;
  customer: string;
  item: string;
  quantity: number;
  cents: number;
  status: "open" | "shipped";
}

export class OrdersClient {
  constructor(private readonly http: Http) {}

  async search(status: Order["status"], sort: keyof Order = "id"): Promise<Order[]> {
    const response = await this.http.get("/orders", { status, sort });
    return (await response.json()).orders;
  }

  async invoice(id: number): Promise<string> {
    return (await this.http.get(`/invoices/${id}.txt`)).text();
  }
}
