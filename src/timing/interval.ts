/** Calls `tick` every `ms` milliseconds from now on. Returns a function that stops it. */
export type StartTimer = (tick: () => void, ms: number) => () => void;

/** The platform's `setInterval`. The timer does not keep the process running. */
export function startInterval(tick: () => void, ms: number): () => void {
  const timer = setInterval(tick, ms);
  // On Deno and in browsers a timer is a number; Deno has a function of its own to release it.
  if (typeof timer === "object") timer.unref();
  else releaseOnDeno(timer);
  return () => clearInterval(timer);
}

/** The same, but the timer keeps the process running until it is stopped. */
export function startHoldingInterval(tick: () => void, ms: number): () => void {
  const timer = setInterval(tick, ms);
  return () => clearInterval(timer);
}

function releaseOnDeno(timer: number): void {
  const { Deno } = globalThis as { Deno?: { unrefTimer?(timer: number): void } };
  Deno?.unrefTimer?.(timer);
}

/**
 * Calls `tick` with `target` every `ms` milliseconds as long as something else refers to `target`: the timer alone does not
 * keep it in memory.
 *
 * @throws what `start` throws: some runtimes allow no timers until the first request
 */
export function tickWhileReferenced<T extends object>(
  target: T,
  tick: (target: T) => void,
  { ms, start }: { readonly ms: number; readonly start: StartTimer },
): void {
  const reference = new WeakRef(target);
  const stop = start(() => {
    const referenced = reference.deref();
    if (referenced === undefined) stop();
    else tick(referenced);
  }, ms);
}
