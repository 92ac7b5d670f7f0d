import { Cron } from "croner";
import { isCron } from "./is-cron.ts";

/** The times of a cron expression. */
export interface CronTimes {
  /** The first time after this one, both in milliseconds since 1970; undefined if there is none. */
  next(after: number): number | undefined;
}

/** Reads a cron expression of five fields, in UTC. @throws {TypeError} for any other text */
export function parseCron(expression: unknown): CronTimes {
  const cron = cronOf(expression);
  return { next: (after) => cron.nextRun(new Date(after))?.getTime() };
}

function cronOf(expression: unknown): Cron {
  const refusal = `${JSON.stringify(expression)} is not a cron expression of five fields`;
  if (!isCron(expression)) throw new TypeError(refusal);
  try {
    return new Cron(expression, { timezone: "UTC", mode: "5-part" });
  } catch (cause) {
    throw new TypeError(refusal, { cause });
  }
}
