import type { Statement } from "./chunk-heads.ts";

/** In circles: what a chunk uses of one that it doesn't import by its modules comes through those that it imports. */
export function leadRound(
  written: ReadonlyMap<string, Statement[]>,
  order: ReadonlyMap<string, readonly string[]>,
): void {
  let count = 0;
  for (const [chunk, statements] of written) {
    for (const [index, statement] of statements.entries()) {
      const { from, names } = statement;
      if (from === undefined || names.length === 0 || order.get(chunk)?.includes(from) !== false) continue;
      const way = wayBetween(chunk, from, order);
      const [first] = way;
      // What is met on the way may be under evaluation, and come to the chunk only later.
      if (first === undefined || way.every((step) => wayBetween(step, chunk, order).length === 0)) continue;
      const led = names.map((name) => {
        const [exported = "", local = exported] = name.split(/\s+as\s+/);
        const passed = `$through${count++}`;
        for (const [step, passing] of way.slice(0, -1).entries()) {
          const next = way[step + 1] ?? from;
          const given = next === from ? `${exported} as ${passed}` : passed;
          // As one statement, the engine's compiler would give the name to what is passed on, and another to a function here.
          const text = `import { ${given} } from ${JSON.stringify(`./${next}`)}; export { ${passed} };`;
          written.get(passing)?.push({ text, names: [given], from: next });
        }
        return `${passed} as ${local}`;
      });
      const text = `import { ${led.join(", ")} } from ${JSON.stringify(`./${first}`)};`;
      statements[index] = { text, names: led, from: first };
    }
  }
}

/** The chunks on a shortest way from one to another, that one at the end; none if there is no way. */
function wayBetween(from: string, to: string, order: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const before = new Map<string, string>();
  const reached = new Set([from]);
  for (const chunk of reached) {
    for (const next of order.get(chunk) ?? []) {
      if (!reached.has(next) || (next === to && !before.has(to))) before.set(next, chunk);
      reached.add(next);
      if (next !== to) continue;
      const way = [to];
      for (let at = before.get(to); at !== undefined && at !== from; at = before.get(at)) way.unshift(at);
      return way;
    }
  }
  return [];
}
