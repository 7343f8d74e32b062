import fc from "fast-check";

/** Choices of a generator. */
export interface Draw {
  /** From 0 up to and without `end`. */
  below(end: number): number;
  /** True as often as `probability` says. */
  chance(probability: number): boolean;
  of<T>(items: readonly T[]): T;
  /** One of the items, as often as its weight says. */
  weighted<T>(items: readonly (readonly [T, number])[]): T;
  /** Some of the items in their order, each as likely as `probability` says. */
  some<T>(items: readonly T[], probability?: number): readonly T[];
  shuffled<T>(items: readonly T[]): readonly T[];
}

const THOUSAND = 1000;

/** Values made by `make` from choices. */
export function drawing<T>(make: (draw: Draw) => T): fc.Arbitrary<T> {
  return fc.noBias(fc.gen()).map((choose) => {
    const below = (end: number): number => choose(fc.nat, end - 1);
    const of = <Item>(items: readonly Item[]): Item => {
      const at = below(items.length);
      // One of the items may be undefined.
      return items[at] as Item;
    };
    const chance = (probability: number): boolean => below(THOUSAND) < probability * THOUSAND;
    return make({
      below,
      chance,
      of,
      weighted(items) {
        let at = below(items.reduce((sum, [, weight]) => sum + weight, 0));
        for (const [item, weight] of items) {
          at -= weight;
          if (at < 0) return item;
        }
        throw new Error("no weights");
      },
      some: (items, probability = 0.5) => items.filter(() => chance(probability)),
      shuffled(items) {
        const left = [...items];
        return items.map(() => {
          const [item] = left.splice(below(left.length), 1);
          if (item === undefined) throw new Error("nothing left");
          return item;
        });
      },
    });
  });
}

/** The value that belongs to a seed. */
export function valueOf<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  const [value] = fc.sample(arbitrary, { seed, numRuns: 1 });
  if (value === undefined) throw new Error("no value");
  return value;
}
