import { ok } from "mayfly";

export function monthly(event: { amounts: number[] }) {
  const format = new Intl.NumberFormat("en", { style: "currency", currency: process.env["CURRENCY"] ?? "USD" });
  return ok({ total: format.format(event.amounts.reduce((sum, amount) => sum + amount, 0)) });
}
