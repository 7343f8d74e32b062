export function handle(event: { name?: string }) {
  console.log(`greeting ${event.name ?? "nobody"}`);
  if (event.name === undefined) throw new TypeError("name is required");
  return { message: `Hello ${event.name}` };
}
