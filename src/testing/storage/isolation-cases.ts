import type { Storage } from "../../storage/storage.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectFailure, expectSame, expectScimError, expectThat } from "../contract/contract-violation.ts";
import {
  allMemberIds,
  freshName,
  freshTenant,
  groupOf,
  idsOf,
  insertAll,
  memberChange,
  membersOf,
  shortWhile,
  upTo,
  userOf,
  userRefs,
} from "./contract-data.ts";
import type { StorageSubject } from "./transaction-cases.ts";

/** Cases on parallel transactions, and on failures inside a transaction. */
export type IsolationCaseId =
  | "transaction.write-skew"
  | "transaction.phantom"
  | "transaction.repeatable"
  | "transaction.failed-operations"
  | "transaction.failed-commit";

/** The guarantees on parallel transactions: the result is as if one ran after the other. */
export const isolationCases: CaseTable<IsolationCaseId, StorageSubject> = {
  "transaction.write-skew": {
    title: "does not commit two transactions that each read what the other writes",
    async run({ storage }) {
      for (const round of upTo(5)) {
        const c = freshName();
        const doctors = ["a", "b"];
        for (const key of doctors) await storage.state.put(c, key, { onCall: true }, { expected: null });
        const leave = (key: string) =>
          storage.transaction(async ({ state }) => {
            const all = await state.get(c, doctors);
            const onCall = doctors.filter((one) => all.get(one)?.value.onCall === true);
            if (onCall.length > 1) await state.put(c, key, { onCall: false, round }, { expected: undefined });
          });
        await Promise.all(doctors.map(leave));
        const left = (await storage.state.scan(c, { take: 9 })).filter((record) => record.value.onCall === true);
        expectSame(left.length, 1, "One stays on call");
      }
    },
  },
  "transaction.phantom": {
    title: "does not commit two transactions that each count what the other adds",
    async run({ storage }) {
      const { users } = freshTenant();
      const join = (n: number) =>
        storage.transaction(async ({ resources }) => {
          const { total = 0 } = await resources.list(users, { take: 0, count: true });
          if (total < 2) await resources.insert(users, userOf(`${n}`));
        });
      await Promise.all(upTo(6).map(join));
      expectSame((await storage.resources.list(users, { take: 0, count: true })).total, 2, "There is room for two");
    },
  },
  "transaction.repeatable": {
    title: "shows a transaction the same data until its end, whatever others write",
    async run({ storage }) {
      const { users } = freshTenant();
      const c = freshName();
      await storage.resources.insert(users, userOf("ada"));
      await storage.state.put(c, "k", { n: 1 }, { expected: null });
      const outside: Promise<unknown>[] = [];
      let runs = 0;
      await storage.transaction(async (tx) => {
        runs += 1;
        const before = await everythingSeen(tx, users, c);
        // They may run in parallel with the transaction or wait for its end.
        outside.push(storage.resources.insert(users, userOf(`bob${runs}`)));
        outside.push(storage.resources.remove(users, "u-ada"));
        outside.push(storage.state.put(c, "k", { n: 2 }, { expected: undefined }));
        await Promise.race([Promise.all(outside), shortWhile()]);
        expectSame(await everythingSeen(tx, users, c), before, "The second read returns the same");
      });
      await Promise.all(outside);
      expectSame(await storage.resources.find(users, "u-ada"), undefined, "The writes of others exist in the end");
    },
  },
  "transaction.failed-operations": {
    title: "leaves nothing of an operation that failed inside a transaction, if the error is caught",
    async run({ storage }) {
      const { users, groups } = freshTenant();
      const c = freshName();
      await insertAll(storage.resources, users, [userOf("ada"), userOf("bob")]);
      await storage.resources.insert(groups, groupOf("g"));
      const kept = await storage.state.put(c, "kept", { n: 1 }, { expected: null, dueAt: 1 });
      await storage.transaction(async ({ resources, state }) => {
        const unique = [{ attribute: "externalId", key: "free" }, ...userOf("bob").unique];
        const replacing = resources.replace(users, userOf("ada", { version: "v2", unique }), "v1");
        await expectScimError(replacing, "UniquenessError", "The second value is taken");
        const removing = resources.remove(users, "u-bob", "v0");
        await expectScimError(removing, "PreconditionFailedError", "It is at another version");
        const change = memberChange({ add: userRefs("u-ada"), expectedVersion: "v0" });
        const changing = membersOf(resources).change(groups, "g-g", change);
        await expectScimError(changing, "PreconditionFailedError", "The group is at another version");
        const putting = state.put(c, "kept", { n: 2 }, { expected: "another" });
        await expectScimError(putting, "PreconditionFailedError", "The record is at another version");
        expectSame(await state.delete(c, "kept", "another"), false, "Nothing is deleted");
        await state.put(c, "done", {}, { expected: null });
      });
      expectSame(await storage.resources.find(users, "u-ada"), userOf("ada"), "The replacement left nothing");
      expectThat((await storage.resources.find(users, "u-bob")) !== undefined, "The removal left nothing");
      expectSame(await allMemberIds(storage.resources, groups, "g-g"), [], "The membership left nothing");
      const records = await storage.state.scan(c, { take: 9 });
      expectSame(
        records.map((record) => record.key),
        ["done", "kept"],
        "The rest was committed",
      );
      expectSame(records[1], kept, "The record is as it was");
      const free = userOf("free", { unique: [{ attribute: "externalId", key: "free" }] });
      await storage.resources.insert(users, free);
      const ada = storage.resources.insert(users, userOf("ada", { id: "u-3" }));
      await expectScimError(ada, "UniquenessError", "The old value is still taken");
    },
  },
  "transaction.failed-commit": {
    title: "leaves no members, names and due records of a failed transaction",
    async run({ storage }) {
      const { users, groups } = freshTenant();
      const c = freshName();
      await storage.resources.insert(users, userOf("ada"));
      await storage.resources.insert(groups, groupOf("g"));
      await membersOf(storage.resources).change(groups, "g-g", memberChange({ add: userRefs("u-ada") }));
      const work = storage.transaction(async ({ resources, state }) => {
        await resources.remove(users, "u-ada");
        await resources.insert(users, userOf("ada", { id: "u-2" }));
        await membersOf(resources).change(groups, "g-g", memberChange({ add: userRefs("u-2") }));
        await state.put(c, "k", {}, { expected: null, dueAt: 1 });
        throw new TypeError("on purpose");
      });
      await expectFailure(work, "The transaction fails");
      expectSame(idsOf(await storage.resources.list(users, { take: 9 })), ["u-ada"], "The removal is undone");
      expectSame(await allMemberIds(storage.resources, groups, "g-g"), ["u-ada"], "The membership is back");
      expectSame(await storage.state.due(c, 9, 9), [], "Nothing is due");
      const second = storage.resources.insert(users, userOf("ada", { id: "u-3" }));
      await expectScimError(second, "UniquenessError", "The name still belongs to its old owner");
    },
  },
};

async function everythingSeen(tx: Storage, users: ReturnType<typeof freshTenant>["users"], collection: string) {
  return [
    await tx.resources.find(users, "u-ada"),
    await tx.resources.list(users, { take: 9, count: true }),
    await tx.state.scan(collection, { take: 9 }),
  ];
}
