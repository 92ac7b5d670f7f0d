import { describe, expect, it } from "vitest";
import { FairQueue } from "../../src/timing/fair-queue.ts";
import { createPacer } from "../../src/timing/pacer.ts";

describe("a queue of tasks that block the process", () => {
  it("lets the rest of the process run between tasks after five milliseconds, and not before", async () => {
    let time = 0;
    const seen: string[] = [];
    const turns: (() => void)[] = [];
    const yieldTurn = (): Promise<void> => new Promise((resume) => turns.push(resume));
    const queue = new FairQueue({
      concurrency: 1,
      maxWaiting: 100,
      pause: createPacer({ clock: () => time, yieldTurn }),
    });
    const tasks = Array.from({ length: 30 }, (_, index) =>
      queue.run({ key: "a" }, async () => {
        seen.push(`task ${index}`);
        time += 1;
      }),
    );
    const settled = async (): Promise<void> => {
      for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
    };
    await settled();
    // Five until a turn is asked for, since nobody else may want one, and five until it is waited for.
    expect(seen).toHaveLength(10);
    while (turns.length > 0) {
      turns.shift()?.();
      await settled();
    }
    await Promise.all(tasks);
    expect(seen).toHaveLength(30);
  });

  it("runs a task at once if the process had other turns since", async () => {
    let time = 0;
    const pacer = createPacer({ clock: () => time, yieldTurn: () => Promise.resolve() });
    const pauses: unknown[] = [];
    for (let task = 0; task < 100; task += 1) {
      pauses.push(pacer());
      time += 20;
      await Promise.resolve();
    }
    expect(pauses.every((pause) => pause === undefined)).toBe(true);
  });
});
