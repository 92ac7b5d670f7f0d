import type { StartTimer } from "../../src/timing/interval.ts";

/** A clock and timers that stand still until they are moved. */
export interface ManualTime {
  readonly now: () => number;
  readonly timer: StartTimer;
  /** Moves the clock on; timers tick at their times, and what they begin can go on before the next one ticks. */
  advance(ms: number): Promise<void>;
  /** Sets the clock, and lets no timer tick. */
  set(time: number): void;
  /** How many timers there are. */
  readonly timers: number;
}

export function manualTime(start = Date.parse("2026-01-01T00:00:00Z")): ManualTime {
  let [time, elapsed] = [start, 0];
  const timers = new Set<{ at: number; readonly tick: () => void; readonly ms: number }>();
  const advance = async (ms: number): Promise<void> => {
    const end = elapsed + ms;
    for (;;) {
      const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      const step = (next?.at ?? end) - elapsed;
      elapsed += step;
      time += step;
      if (next === undefined) return;
      next.at += next.ms;
      next.tick();
      await new Promise((resume) => setImmediate(resume));
    }
  };
  return {
    now: () => time,
    timer: (tick, ms) => {
      const timer = { at: elapsed + ms, tick, ms };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance,
    set: (to) => {
      time = to;
    },
    get timers() {
      return timers.size;
    },
  };
}
