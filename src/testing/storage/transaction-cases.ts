import type { Storage } from "../../storage/storage.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectFailure, expectSame, expectScimError, expectThat } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import {
  allMemberIds,
  freshName,
  freshTenant,
  groupOf,
  idsOf,
  memberChange,
  membersOf,
  upTo,
  userOf,
  userRefs,
} from "./contract-data.ts";

/** The subject of the cases on the whole storage. */
export interface StorageSubject {
  readonly storage: Storage;
}

/** Cases on transactions and on opening and closing a storage. */
export type TransactionCaseId =
  | "transaction.commit"
  | "transaction.rollback"
  | "transaction.own-writes"
  | "transaction.unseen"
  | "transaction.failed-operation"
  | "transaction.nested"
  | "transaction.ended"
  | "transaction.serial"
  | "transaction.conflict"
  | "transaction.resources"
  | "storage.migrate-again"
  | "storage.closed";

/** The error of a failed transaction, which must be thrown unchanged. */
class Abort extends TypeError {}

/** The guarantees on transactions and on opening and closing a storage. */
export const transactionCases: CaseTable<TransactionCaseId, StorageSubject> = {
  "transaction.commit": {
    title: "commits all writes of a transaction, and returns its result",
    async run({ storage }) {
      const { users } = freshTenant();
      const c = freshName();
      const result = await storage.transaction(async (tx) => {
        await tx.resources.insert(users, userOf("ada"));
        await tx.state.put(c, "k", {}, { expected: null });
        return "done";
      });
      expectSame(result, "done", "The result is returned");
      expectThat((await storage.resources.find(users, "u-ada")) !== undefined, "The resource is there");
      expectSame((await storage.state.get(c, ["k"])).size, 1, "The record is there");
    },
  },
  "transaction.rollback": {
    title: "leaves nothing of a failed transaction",
    async run({ storage }) {
      const { users, groups } = freshTenant();
      const c = freshName();
      await storage.resources.insert(users, userOf("ada"));
      await storage.resources.insert(groups, groupOf("g"));
      const kept = await storage.state.put(c, "kept", { n: 1 }, { expected: null, dueAt: 1 });
      const abort = new Abort("on purpose");
      const work = storage.transaction(async (tx) => {
        await tx.resources.insert(users, userOf("bob"));
        await tx.resources.replace(users, userOf("eve", { id: "u-ada", version: "v2" }), "v1");
        await membersOf(tx.resources).change(groups, "g-g", memberChange({ add: userRefs("u-ada") }));
        await tx.state.put(c, "kept", { n: 2 }, { expected: kept.version });
        await tx.state.put(c, "new", {}, { expected: null });
        throw abort;
      });
      expectThat((await work.catch((error: unknown) => error)) === abort, "The error is thrown unchanged");
      expectSame(await storage.resources.find(users, "u-ada"), userOf("ada"), "The replacement is undone");
      expectSame(idsOf(await storage.resources.list(users, { take: 9 })), ["u-ada"], "The insert is undone");
      expectSame(await storage.resources.find(groups, "g-g"), groupOf("g"), "The group is as before");
      expectSame(await allMemberIds(storage.resources, groups, "g-g"), [], "The membership is undone");
      expectSame(await storage.state.scan(c, { take: 9 }), [kept], "The state is as before");
      await storage.resources.insert(users, userOf("eve"));
      await storage.resources.insert(users, userOf("bob"));
    },
  },
  "transaction.own-writes": {
    title: "sees its own writes",
    async run({ storage }) {
      const { users, groups } = freshTenant();
      const c = freshName();
      await storage.transaction(async ({ resources, state }) => {
        await resources.insert(users, userOf("ada"));
        await resources.insert(groups, groupOf("g"));
        await membersOf(resources).change(groups, "g-g", memberChange({ add: userRefs("u-ada") }));
        await state.put(c, "k", {}, { expected: null, dueAt: 1 });
        expectThat((await resources.find(users, "u-ada")) !== undefined, "find sees the resource");
        expectSame((await resources.list(users, { take: 9, count: true })).total, 1, "list sees the resource");
        expectSame(await allMemberIds(resources, groups, "g-g"), ["u-ada"], "page sees the member");
        expectSame(
          (await membersOf(resources).groupsOf(users.tenant, ["u-ada"])).get("u-ada")?.length,
          1,
          "groupsOf too",
        );
        expectSame(
          [(await state.get(c, ["k"])).size, (await state.due(c, 1, 1)).length],
          [1, 1],
          "state sees the record",
        );
        const second = resources.insert(users, userOf("ada", { id: "u-2" }));
        await expectScimError(second, "UniquenessError", "A unique value that was written inside is taken");
      });
    },
  },
  "transaction.unseen": {
    title: "shows uncommitted writes to nobody outside",
    async run({ storage }) {
      const { users } = freshTenant();
      const c = freshName();
      const outside: Promise<unknown>[] = [];
      const work = storage.transaction(async (tx) => {
        await tx.resources.insert(users, userOf("ada"));
        await tx.state.put(c, "k", {}, { expected: null });
        // A driver may return now, or only after the transaction has ended, so these are not awaited here.
        outside.push(storage.resources.find(users, "u-ada"), storage.state.scan(c, { take: 9 }));
        outside.push(storage.resources.list(users, { take: 9 }).then(idsOf));
        await tx.resources.find(users, "u-ada");
        throw new Abort("on purpose");
      });
      await expectFailure(work, "The transaction fails");
      expectSame(await Promise.all(outside), [undefined, [], []], "Nothing was seen");
    },
  },
  "transaction.failed-operation": {
    title: "commits the rest if the error of an operation inside is caught, and nothing of that operation",
    async run({ storage }) {
      const { users } = freshTenant();
      await storage.resources.insert(users, userOf("ada"));
      await storage.transaction(async (tx) => {
        const unique = [{ attribute: "externalId", key: "e1" }, ...userOf("ada").unique];
        const failing = tx.resources.insert(users, userOf("half", { unique }));
        const beside = tx.resources.insert(users, userOf("whole"));
        await expectScimError(failing, "UniquenessError", "The name is taken");
        await beside;
      });
      expectSame(await storage.resources.find(users, "u-half"), undefined, "Nothing of the failed operation exists");
      expectThat((await storage.resources.find(users, "u-whole")) !== undefined, "The rest is there");
      const free = userOf("free", { unique: [{ attribute: "externalId", key: "e1" }] });
      await storage.resources.insert(users, free);
    },
  },
  "transaction.nested": {
    title: "rejects a transaction inside a transaction, and continues",
    async run({ storage }) {
      const { users } = freshTenant();
      await storage.transaction(async (tx) => {
        await expectFailure(
          tx.transaction(async () => undefined),
          "Transactions are not nested",
        );
        const inner = tx.resources.transaction?.(async () => undefined);
        if (inner !== undefined) await expectFailure(inner, "Transactions on resources are not nested either");
        await tx.resources.insert(users, userOf("ada"));
      });
      expectThat((await storage.resources.find(users, "u-ada")) !== undefined, "The outer one was committed");
    },
  },
  "transaction.ended": {
    title: "rejects every call after its end",
    async run({ storage }) {
      const { users } = freshTenant();
      const c = freshName();
      const kept: Storage[] = [];
      await storage.transaction(async (tx) => void kept.push(tx));
      await expectFailure(
        storage.transaction((tx) => Promise.reject(new Abort(String(kept.push(tx))))),
        "It fails",
      );
      for (const tx of kept) {
        await expectFailure(tx.resources.insert(users, userOf("ada")), "Nothing is written after the end");
        await expectFailure(tx.resources.find(users, "u-ada"), "Nothing is read after the end");
        await expectFailure(tx.state.put(c, "k", {}, { expected: null }), "No state is written after the end");
      }
      expectSame(await storage.resources.find(users, "u-ada"), undefined, "Nothing was written");
      expectSame((await storage.state.get(c, ["k"])).size, 0, "No state was written");
    },
  },
  "transaction.serial": {
    title: "runs parallel transactions as if one came after the other: no money is created or lost",
    async run({ storage }) {
      const c = freshName();
      const accounts = ["a", "b", "c", "d"];
      for (const key of accounts) await storage.state.put(c, key, { balance: 100 }, { expected: null });
      const transfer = (n: number) =>
        storage.transaction(async ({ state }) => {
          const [from, to] = [accounts[n % 4] ?? "", accounts[(n * 3 + 1) % 4] ?? ""];
          if (from === to) return;
          const found = await state.get(c, [from, to]);
          const balance = (key: string) => Number(found.get(key)?.value.balance);
          await state.put(c, from, { balance: balance(from) - n }, { expected: undefined });
          await state.put(c, to, { balance: balance(to) + n }, { expected: undefined });
          if (n % 5 === 0) throw new Abort("on purpose");
        });
      await Promise.allSettled(upTo(40).map(transfer));
      const balances = (await state(storage, c)).map((record) => Number(record.value.balance));
      expectSame(
        balances.reduce((sum, one) => sum + one, 0),
        400,
        "The sum stays",
      );
      const done = upTo(40).filter((n) => n % 5 !== 0 && n % 4 !== (n * 3 + 1) % 4);
      const change = done.reduce((sum, n) => sum + (n % 4 === 0 ? -n : 0) + ((n * 3 + 1) % 4 === 0 ? n : 0), 100);
      expectSame(balances[0], change, "Every committed transfer exists, and no other");
    },
  },
  "transaction.conflict": {
    title: "keeps the writes of others during a transaction",
    async run({ storage }) {
      const c = freshName();
      await storage.state.put(c, "n", { n: 0 }, { expected: null });
      const inside = upTo(10).map(() =>
        storage.transaction(async (tx) => {
          const n = Number((await tx.state.get(c, ["n"])).get("n")?.value.n);
          await tx.state.put(c, "n", { n: n + 1 }, { expected: undefined });
        }),
      );
      const outside = upTo(10).map((n) => storage.state.put(c, `o${n}`, {}, { expected: null }));
      await Promise.all([...inside, ...outside]);
      expectSame((await storage.state.get(c, ["n"])).get("n")?.value, { n: 10 }, "Every transaction counts");
      expectSame((await state(storage, c)).length, 11, "Every write outside counts");
    },
  },
  "transaction.resources": {
    title: "runs transactions on resources only in the same way",
    async run({ storage }) {
      appliesIf(storage.resources.transaction !== undefined, "resources have no transactions");
      const { users } = freshTenant();
      const work = storage.resources.transaction(async (tx) => {
        await tx.insert(users, userOf("ada"));
        throw new Abort("on purpose");
      });
      await expectFailure(work, "The failure comes out");
      expectSame(await storage.resources.find(users, "u-ada"), undefined, "Nothing is left");
      await storage.resources.transaction((tx) => tx.insert(users, userOf("ada")));
      expectThat((await storage.resources.find(users, "u-ada")) !== undefined, "The committed resource exists");
    },
  },
  "storage.migrate-again": {
    title: "keeps everything when it is migrated again, also several times at once",
    async run({ storage }) {
      const { users } = freshTenant();
      await Promise.all([storage.migrate(), storage.migrate()]);
      await storage.resources.insert(users, userOf("ada"));
      await storage.migrate();
      expectSame(await storage.resources.find(users, "u-ada"), userOf("ada"), "The resource still exists");
    },
  },
  "storage.closed": {
    title: "finishes the work in progress when it is closed, and rejects every call after that",
    async run({ storage }) {
      const { users } = freshTenant();
      const begun = storage.resources.insert(users, userOf("ada"));
      const closing = storage.close();
      await begun;
      await closing;
      await expectFailure(storage.resources.find(users, "u-ada"), "A closed storage finds nothing");
      await expectFailure(storage.resources.insert(users, userOf("bob")), "A closed storage writes nothing");
      await expectFailure(storage.state.get("c", ["k"]), "A closed storage has no state");
      await expectFailure(
        storage.transaction(async () => undefined),
        "A closed storage has no transactions",
      );
      await storage.close();
    },
  },
};

function state(storage: Storage, collection: string) {
  return storage.state.scan(collection, { take: 99 });
}
