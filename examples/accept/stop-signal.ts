/** Ctrl-C and a polite `kill`, as something to wait for. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** Settles when somebody asked to stop. */
  readonly asked: Promise<void>;
  dispose(): void;
}

/** npm passes on a signal that the terminal has sent to everybody already; such an echo comes within this many milliseconds. */
const ECHO_MS = 300;

/** The first signal asks to stop; a second one ends the process at once. */
export function stopSignal(): StopSignal {
  const controller = new AbortController();
  let askedAt = 0;
  const listener = (): void => {
    if (!controller.signal.aborted) {
      askedAt = performance.now();
      controller.abort();
    } else if (performance.now() - askedAt > ECHO_MS) {
      process.exit(130);
    }
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return {
    signal: controller.signal,
    asked: new Promise((resolve) => controller.signal.addEventListener("abort", () => resolve(), { once: true })),
    dispose: () => {
      process.off("SIGINT", listener);
      process.off("SIGTERM", listener);
    },
  };
}
