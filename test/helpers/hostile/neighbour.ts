/** Another tenant, which reads one user again and again while the first one attacks. */
export interface Neighbour {
  /** How long its requests took, in milliseconds, since this was read last. */
  times(): number[];
  /** What was wrong with a response. */
  readonly faults: readonly string[];
  stop(): Promise<void>;
}

/** How long it waits between two requests, in milliseconds. */
const EVERY_MS = 10;

/** Starts it. `read` returns what is wrong with the response, or undefined. */
export function startNeighbour(read: () => Promise<string | undefined>): Neighbour {
  const faults: string[] = [];
  let times: number[] = [];
  let isRunning = true;
  const running = (async () => {
    while (isRunning) {
      const begin = performance.now();
      const fault = await read();
      times.push(performance.now() - begin);
      if (fault !== undefined) faults.push(fault);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();
  return {
    faults,
    times: () => {
      const some = times;
      times = [];
      return some;
    },
    stop: async () => {
      isRunning = false;
      await running;
    },
  };
}

/** The time that one call in a hundred takes, or longer. */
export function p99(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0;
}
