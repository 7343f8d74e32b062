/**
 * For racing one promise after the other against the same long one: `Promise.race` would leave a reaction on the long
 * promise for every race, and with it each short one's value, until the long one settles. Over a stream that is all
 * of its chunks.
 */
export function raceAgainst<Long>(long: Promise<Long>): <Short>(short: Promise<Short>) => Promise<Short | Long> {
  let settled = false;
  let end: ((outcome: Promise<Long>) => void) | undefined;
  const over = (): void => {
    settled = true;
    end?.(long);
  };
  long.then(over, over);
  return <Short>(short: Promise<Short>) =>
    new Promise<Short | Long>((resolve, reject) => {
      short.then(resolve, reject);
      end = resolve;
      if (settled) resolve(long);
    });
}
