import { memoryStorage } from "../../storage/memory/storage.ts";
import type { Storage } from "../../storage/storage.ts";
import { expectFailure, expectSame, expectThat } from "../contract/contract-violation.ts";
import type { QueueCases, QueueSubject } from "./queue-subject.ts";

/** The cases of waking workers. */
export type WakeCaseId =
  | "wake.delivers"
  | "wake.before-work"
  | "wake.exact-keys"
  | "wake.topics-apart"
  | "wake.while-running"
  | "wake.absorbs"
  | "tx.commit"
  | "tx.before-commit"
  | "tx.rollback"
  | "tx.without-after-commit";

/** Keys that a database, a URL or an object might change. */
const ODD_KEYS: readonly string[] = [
  ...["3:abc/User/42", "A", "a", " a ", "a\nb", "%41", "'; --", "ä", "a\u0308", "😀", "\uffff"],
  ...["__proto__", "constructor", "null", "0", `${"long/".repeat(40)}`],
];

/** The guarantees on waking a worker. */
export const wakeCases: QueueCases<WakeCaseId> = {
  "wake.delivers": {
    title: "every key that is woken reaches the handler",
    run: async (subject) => {
      const { queue, topic, work, until } = subject;
      const keys = Array.from({ length: 100 }, (_, index) => `key ${index}`);
      const seen = new Set<string>();
      await work(async (key) => void seen.add(key));
      for (const key of keys) await queue.wake(topic, key);
      await until(() => seen.size === keys.length, "Every key arrives");
      expectSame([...seen].sort(), keys.sort(), "Only keys that were woken arrive");
    },
  },
  "wake.before-work": {
    title: "a key that is woken before there is a handler reaches a later handler",
    run: async ({ queue, topic, work, until }) => {
      const seen = new Set<string>();
      await queue.wake(topic, "early");
      await work(async (key) => void seen.add(key));
      await until(() => seen.has("early"), "The key that was woken first arrives");
    },
  },
  "wake.exact-keys": {
    title: "a key arrives exactly as it was given",
    run: async ({ queue, topic, work, until }) => {
      const seen = new Set<string>();
      await work(async (key) => void seen.add(key));
      for (const key of ODD_KEYS) await queue.wake(topic, key);
      await until(() => ODD_KEYS.every((key) => seen.has(key)), "Every key arrives as it was given");
      expectSame(seen.size, ODD_KEYS.length, "No other key arrives");
    },
  },
  "wake.topics-apart": {
    title: "a key reaches the handler of its own topic and no other",
    run: async ({ queue, topic, otherTopic, work, until, settle }) => {
      const seen: string[] = [];
      const others: string[] = [];
      await work(async (key) => void seen.push(key));
      await work(async (key) => void others.push(key), { topic: otherTopic });
      await queue.wake(topic, "mine");
      await queue.wake(otherTopic, "theirs");
      await until(() => seen.length > 0 && others.length > 0, "Both topics get their key");
      await settle();
      expectThat(!seen.includes("theirs") && !others.includes("mine"), "A topic gets none of another topic's keys");
    },
  },
  "wake.while-running": {
    title: "a key that is woken while it is processed is processed again afterwards",
    run: async ({ queue, topic, work, gate, until }) => {
      const { open, opened } = gate();
      let [begun, ended] = [0, 0];
      await work(async () => {
        begun += 1;
        await opened;
        ended += 1;
      });
      await queue.wake(topic, "a");
      await until(() => begun > 0, "The first run begins");
      await queue.wake(topic, "a");
      open();
      await until(() => ended > 1, "A second run follows");
    },
  },
  "wake.absorbs": {
    title: "a waiting key absorbs equal ones",
    run: async ({ queue, topic, work, gate, until, settle }) => {
      const { open, opened } = gate();
      const runs = { blocker: 0, woken: 0 };
      await work(
        async (key) => {
          if (key === "woken") runs.woken += 1;
          else runs.blocker += 1;
          await opened;
        },
        { concurrency: 1 },
      );
      await queue.wake(topic, "blocker");
      await until(() => runs.blocker > 0, "The first key is processed");
      for (let index = 0; index < 300; index += 1) await queue.wake(topic, "woken");
      open();
      await until(() => runs.woken > 0, "The waiting key is processed");
      await settle();
      // Duplicates are allowed, but not one for each call.
      expectThat(runs.woken <= 30, `A key that waits absorbs others like it: 300 calls led to ${runs.woken} runs`);
    },
  },
  "tx.commit": {
    title: "a key that is woken in a transaction arrives when that has committed",
    run: async ({ queue, topic, work, until }) => {
      const seen = new Set<string>();
      await work(async (key) => void seen.add(key));
      await memoryStorage().transaction((tx) => queue.wake(topic, "committed", { tx }));
      await until(() => seen.has("committed"), "The key arrives after the commit");
    },
  },
  "tx.before-commit": {
    title: "a key that is woken in a transaction does not arrive before that has committed",
    run: async (subject) => {
      const { queue, topic, work, until, settle } = subject;
      const seen = new Set<string>();
      await work(async (key) => void seen.add(key));
      await memoryStorage().transaction(async (tx) => {
        await queue.wake(topic, "early", { tx });
        await settle();
        expectThat(!seen.has("early"), "The key waits for the commit");
      });
      await until(() => seen.has("early"), "The key arrives after the commit");
    },
  },
  "tx.rollback": {
    title: "a key that is woken in a transaction that fails does not arrive",
    run: async (subject) => {
      const { queue, topic } = subject;
      await expectNothing(subject, async () => {
        const failing = memoryStorage().transaction(async (tx) => {
          await queue.wake(topic, "lost", { tx });
          throw new TypeError("The transaction fails");
        });
        await expectFailure(failing, "The transaction fails");
      });
    },
  },
  "tx.without-after-commit": {
    title: "a key that is woken in a transaction without afterCommit is left to the poll of the storage",
    run: async (subject) => {
      const { queue, topic } = subject;
      await expectNothing(subject, () =>
        memoryStorage().transaction(async (tx) => {
          const silent: Storage = { ...tx, afterCommit: undefined };
          await queue.wake(topic, "lost", { tx: silent });
        }),
      );
    },
  },
};

/** Runs `wakeLost`, after which the key `lost` must not arrive. */
async function expectNothing(subject: QueueSubject, wakeLost: () => Promise<unknown>): Promise<void> {
  const { queue, topic, work, until, settle } = subject;
  const seen = new Set<string>();
  await work(async (key) => void seen.add(key));
  await wakeLost();
  await queue.wake(topic, "next");
  await until(() => seen.has("next"), "A key that is woken later arrives");
  await settle();
  expectThat(!seen.has("lost"), "The key of the transaction does not arrive");
}
