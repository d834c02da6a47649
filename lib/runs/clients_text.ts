/** `1 client`, `1,000 clients`. */
export function clientsText(clients: number): string {
  return `${clients.toLocaleString("en-US")} ${
    clients === 1 ? "client" : "clients"
  }`;
}
