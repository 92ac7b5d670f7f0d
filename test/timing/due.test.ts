import { describe, expect, it } from "vitest";
import { isDue } from "../../src/timing/due.ts";

const DAY_MS = 86_400_000;

describe("something that is planned for at most a minute ahead", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");

  it("is due at its time and after it, however far a clock went forward", () => {
    expect(isDue(now + 1, now, 60_000)).toBe(false);
    expect(isDue(now + 60_000, now, 60_000)).toBe(false);
    expect([now, now - 1, now - DAY_MS].map((at) => isDue(at, now, 60_000))).toEqual([true, true, true]);
  });

  it("is due at once after a clock went back", () => {
    expect([now + 60_001, now + DAY_MS].map((at) => isDue(at, now, 60_000))).toEqual([true, true]);
  });
});
