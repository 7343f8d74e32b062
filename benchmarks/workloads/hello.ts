export function handle(event: { readonly name: string }): { readonly message: string } {
  return { message: `Hello ${event.name}` };
}
