import { describe, expect, it } from "vitest";
import { retrying } from "../../src/storage/postgres/retry.ts";

describe("retrying", () => {
  const failing = async (attempts: number, again: (error: unknown) => boolean = () => true) => {
    const calls: number[] = [];
    const pauses: number[] = [];
    const timing = { random: () => 0.5, sleep: async (ms: number) => void pauses.push(ms) };
    const work = retrying({ attempts, again }, timing, async (count) => {
      calls.push(count);
      throw new RangeError(`failure ${count}`);
    });
    const error = await work.catch((thrown: unknown) => thrown);
    return { calls, pauses, error };
  };

  it("stops after as many attempts as it may make, and throws what the last one threw", async () => {
    const { calls, error } = await failing(3);
    expect(calls).toEqual([1, 2, 3]);
    expect(error).toEqual(new RangeError("failure 3"));
  });

  it("pauses ever longer, by chance, up to half a second", async () => {
    const { pauses } = await failing(9);
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 250, 250]);
  });

  it("does not repeat what another attempt cannot correct", async () => {
    const { calls, pauses } = await failing(3, (error) => !(error instanceof RangeError));
    expect([calls, pauses]).toEqual([[1], []]);
  });

  it("gives what the first attempt that succeeds gives", async () => {
    const timing = { random: () => 0, sleep: async () => undefined };
    const result = await retrying({ attempts: 3, again: () => true }, timing, async (count) => {
      if (count < 2) throw new RangeError("not yet");
      return count;
    });
    expect(result).toBe(2);
  });
});
