export function handle(event: unknown): unknown {
  return event;
}
