import { ContractViolation, expectThat } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import type { QueueCases } from "./queue-subject.ts";

/** The cases of schedules. */
export type ScheduleCaseId =
  | "every.wakes"
  | "every.again"
  | "every.replaces"
  | "every.keys-apart"
  | "every.refuses"
  | "never.ends"
  | "never.unknown";

const MINUTE_MS = 60_000;
const EACH_MINUTE = "* * * * *";
/** A time at which a test hardly ever runs. */
const LEAP_DAY = "0 0 29 2 *";
const NOT_CRON: readonly string[] = ["", "hourly", "* * * *", "0 0 0 * * *", "61 * * * *", "@hourly", "1 h"];

const NO_TIME = "no time can pass for the schedules of the queue";

/** The guarantees of a queue for schedules. Without `passTime` most of them do not apply. */
export const scheduleCases: QueueCases<ScheduleCaseId> = {
  "every.wakes": {
    title: "a schedule wakes its key at its times",
    needs: "passTime",
    run: async ({ queue, topic, work, until, passTime }) => {
      appliesIf(passTime !== undefined, NO_TIME);
      const seen: string[] = [];
      await work(async (key) => void seen.push(key));
      await queue.every(topic, "scheduled", EACH_MINUTE);
      for (const time of [1, 2]) {
        await passTime(MINUTE_MS);
        await until(() => seen.length >= time, "The schedule wakes its key each minute");
      }
      expectThat(new Set(seen).size === 1 && seen[0] === "scheduled", "It wakes no other key");
    },
  },
  "every.again": {
    title: "a schedule that is set twice is one schedule",
    needs: "passTime",
    run: async ({ queue, topic, work, until, settle, passTime }) => {
      appliesIf(passTime !== undefined, NO_TIME);
      let runs = 0;
      await work(async () => {
        runs += 1;
      });
      await queue.every(topic, "scheduled", EACH_MINUTE);
      await queue.every(topic, "scheduled", EACH_MINUTE);
      await passTime(MINUTE_MS);
      await until(() => runs > 0, "The schedule wakes its key");
      await queue.never(topic, "scheduled");
      await settle();
      const before = runs;
      await passTime(3 * MINUTE_MS);
      await settle();
      expectThat(runs === before, "One call of never ends it");
    },
  },
  "every.replaces": {
    title: "another expression for the same topic and key replaces the first",
    needs: "passTime",
    run: async ({ queue, topic, work, until, settle, passTime }) => {
      appliesIf(passTime !== undefined, NO_TIME);
      const seen: string[] = [];
      await work(async (key) => void seen.push(key));
      await queue.every(topic, "replaced", EACH_MINUTE);
      await queue.every(topic, "replaced", LEAP_DAY);
      await queue.every(topic, "other", EACH_MINUTE);
      await passTime(MINUTE_MS);
      await until(() => seen.includes("other"), "The other schedule wakes its key");
      await settle();
      expectThat(!seen.includes("replaced"), "The expression that was replaced wakes nothing");
    },
  },
  "every.keys-apart": {
    title: "schedules of one key in two topics, and of two keys in one, are different schedules",
    needs: "passTime",
    run: async ({ queue, topic, otherTopic, work, until, passTime }) => {
      appliesIf(passTime !== undefined, NO_TIME);
      const seen = new Set<string>();
      await work(async (key) => void seen.add(`first ${key}`));
      await work(async (key) => void seen.add(`second ${key}`), { topic: otherTopic });
      await queue.every(topic, "a", EACH_MINUTE);
      await queue.every(topic, "b", EACH_MINUTE);
      await queue.every(otherTopic, "a", EACH_MINUTE);
      await passTime(MINUTE_MS);
      await until(() => seen.size === 3, "Each schedule wakes its key");
      await queue.never(otherTopic, "a");
      seen.clear();
      await passTime(MINUTE_MS);
      await until(() => seen.has("first a") && seen.has("first b"), "The others go on");
    },
  },
  "every.refuses": {
    title: "a text that is not a cron expression of five fields is a TypeError",
    run: async ({ queue, topic }) => {
      for (const text of NOT_CRON) {
        const failure = await queue.every(topic, "refused", text).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (!(failure instanceof TypeError)) throw new ContractViolation(`${JSON.stringify(text)} is a TypeError`);
      }
    },
  },
  "never.ends": {
    title: "never ends a schedule",
    needs: "passTime",
    run: async ({ queue, topic, work, until, settle, passTime }) => {
      appliesIf(passTime !== undefined, NO_TIME);
      const seen: string[] = [];
      await work(async (key) => void seen.push(key));
      await queue.every(topic, "ended", EACH_MINUTE);
      await queue.every(topic, "other", EACH_MINUTE);
      await queue.never(topic, "ended");
      await passTime(MINUTE_MS);
      await until(() => seen.includes("other"), "The other schedule wakes its key");
      await settle();
      expectThat(!seen.includes("ended"), "A schedule that was ended wakes nothing");
    },
  },
  "never.unknown": {
    title: "never has no effect if there is no schedule",
    run: async ({ queue, topic, work, until }) => {
      await queue.never(topic, "nothing");
      const seen = new Set<string>();
      await work(async (key) => void seen.add(key));
      await queue.wake(topic, "nothing");
      await until(() => seen.has("nothing"), "The key can be woken all the same");
    },
  },
};
