import { err, ok } from "mayfly";

const users = new Map<string, { name: string }>();

export function create(event: { id: string; name: string }) {
  if (users.has(event.id)) return err({ name: "AlreadyExists", message: `there is a user ${event.id} already` });
  users.set(event.id, { name: event.name });
  return ok({ id: event.id });
}

export function list() {
  return ok([...users].map(([id, user]) => ({ id, ...user })));
}
