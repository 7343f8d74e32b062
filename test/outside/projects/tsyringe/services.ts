import { inject, injectable, singleton } from "tsyringe";

export interface Clock {
  now(): string;
}

@singleton()
export class Counter {
  #count = 0;
  next(): number {
    return ++this.#count;
  }
}

@injectable()
export class Greeter {
  constructor(
    private readonly counter: Counter,
    @inject("Clock") private readonly clock: Clock,
  ) {}
  greet(name: string): string {
    return `${this.counter.next()} ${name} ${this.clock.now()} ${this.constructor.name}`;
  }
}

export class Unknown {}

@injectable()
export class Broken {
  constructor(@inject("Nothing") readonly nothing: Unknown) {}
}
