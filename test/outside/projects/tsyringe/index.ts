import "reflect-metadata";
import { container } from "tsyringe";
import { Broken, Counter, Greeter } from "./services.js";

container.register("Clock", { useValue: { now: () => "noon" } });

export const handler = async ({ name, fail }: { name: string; fail?: boolean }): Promise<unknown> => {
  if (fail === true) container.resolve(Broken);
  const metadata: unknown[] = Reflect.getMetadata("design:paramtypes", Greeter);
  return [
    container.resolve(Greeter).greet(name),
    container.resolve(Greeter).greet(name),
    metadata.map((one) => (one as { name: string }).name),
    metadata[0] === Counter,
  ];
};
