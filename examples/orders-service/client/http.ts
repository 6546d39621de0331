export class Http {
  constructor(private readonly base: string, private readonly token: string) {}

  async get(path: string, query: Record<string, string> = {}): Promise<Response> {
    const url = `${this.base}${path}?${new URLSearchParams(query)}`;
    const response = await fetch(url, { headers: { "X-Api-Token": this.token } });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response;
  }
}
