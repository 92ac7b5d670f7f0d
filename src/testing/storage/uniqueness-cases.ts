import type { CaseTable } from "../contract/contract-case.ts";
import { countWinners, expectSame, expectScimError } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import { freshTenant, groupOf, insertAll, type ResourceSubject, upTo, userOf } from "./contract-data.ts";

/** Cases on unique values. */
export type UniquenessCaseId =
  | "unique.insert"
  | "unique.insert-race"
  | "unique.failure-reserves-nothing"
  | "unique.replace"
  | "unique.replace-own"
  | "unique.freed-by-replace"
  | "unique.freed-by-remove"
  | "unique.tenants-apart"
  | "unique.types-apart"
  | "unique.attributes-apart"
  | "unique.check"
  | "unique.check-own";

const unique = (attribute: string, key: string) => ({ attribute, key });

/** The guarantees on unique values. */
export const uniquenessCases: CaseTable<UniquenessCaseId, ResourceSubject> = {
  "unique.insert": {
    title: "rejects a second resource with a unique value with UniquenessError, naming the attribute [req 71]",
    async run({ resources }) {
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada"));
      const error = await expectScimError(
        resources.insert(users, userOf("ada", { id: "u-2" })),
        "UniquenessError",
        "A unique value belongs to one resource",
      );
      expectSame((error as { attribute?: unknown }).attribute, "userName", "The error names the attribute");
      expectSame(await resources.find(users, "u-2"), undefined, "The second is not there");
    },
  },
  "unique.insert-race": {
    title: "lets one of a hundred parallel inserts of one unique value succeed [req 75]",
    async run({ resources }) {
      const { users } = freshTenant();
      const attempts = upTo(100).map((n) => resources.insert(users, userOf("ada", { id: `u-${n}` })));
      expectSame(await countWinners(attempts, "UniquenessError"), 1, "Exactly one wins");
      expectSame((await resources.list(users, { take: 0, count: true })).total, 1, "One is there");
    },
  },
  "unique.failure-reserves-nothing": {
    title: "reserves none of the unique values of a write that fails",
    async run({ resources }) {
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada"));
      const both = [unique("externalId", "e1"), unique("userName", "ada")];
      const work = resources.insert(users, userOf("bob", { unique: both }));
      await expectScimError(work, "UniquenessError", "The second value is taken");
      expectSame(await resources.find(users, "u-bob"), undefined, "Nothing is there");
      await resources.insert(users, userOf("carl", { unique: [unique("externalId", "e1")] }));
      expectSame((await resources.find(users, "u-carl"))?.id, "u-carl", "The first value was still free");
    },
  },
  "unique.replace": {
    title: "rejects a replacement with the unique value of another resource, and changes nothing [req 134]",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertAll(resources, users, [userOf("ada"), userOf("bob")]);
      const next = userOf("ada", { id: "u-bob", version: "v2" });
      await expectScimError(resources.replace(users, next, "v1"), "UniquenessError", "The value is taken");
      expectSame(await resources.find(users, "u-bob"), userOf("bob"), "Nothing changed");
      const third = resources.insert(users, userOf("bob", { id: "u-3" }));
      await expectScimError(third, "UniquenessError", "The old value is still taken");
    },
  },
  "unique.replace-own": {
    title: "lets a replacement keep the unique values of the resource",
    async run({ resources }) {
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada"));
      await resources.replace(users, userOf("ada", { version: "v2" }), "v1");
      const second = resources.insert(users, userOf("ada", { id: "u-2" }));
      await expectScimError(second, "UniquenessError", "The value is still taken");
    },
  },
  "unique.freed-by-replace": {
    title: "frees the unique values that a replacement no longer has",
    async run({ resources }) {
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada"));
      await resources.replace(users, userOf("eve", { id: "u-ada", version: "v2" }), "v1");
      await resources.insert(users, userOf("ada", { id: "u-2" }));
      const third = resources.insert(users, userOf("eve", { id: "u-3" }));
      await expectScimError(third, "UniquenessError", "The new value is taken");
    },
  },
  "unique.freed-by-remove": {
    title: "frees the unique values of a removed resource [req 163]",
    async run({ resources }) {
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada"));
      await resources.remove(users, "u-ada");
      await resources.insert(users, userOf("ada", { id: "u-2" }));
      expectSame((await resources.find(users, "u-2"))?.id, "u-2", "The name can be used again");
    },
  },
  "unique.tenants-apart": {
    title: "lets two tenants have the same unique value",
    async run({ resources }) {
      for (const { users } of [freshTenant(), freshTenant()]) await resources.insert(users, userOf("ada"));
    },
  },
  "unique.types-apart": {
    title: "lets two resource types have the same unique value",
    async run({ resources }) {
      const { users, groups } = freshTenant();
      const held = [unique("externalId", "e1")];
      await resources.insert(users, userOf("ada", { unique: held }));
      await resources.insert(groups, groupOf("g", { unique: held }));
      const second = resources.insert(groups, groupOf("h", { unique: held }));
      await expectScimError(second, "UniquenessError", "Each type has its own values");
    },
  },
  "unique.attributes-apart": {
    title: "lets two attributes have the same unique value",
    async run({ resources }) {
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada", { unique: [unique("userName", "ada")] }));
      await resources.insert(users, userOf("bob", { unique: [unique("externalId", "ada")] }));
    },
  },
  "unique.check": {
    title: "rejects in checkUnique, if it has one, a value of another resource, naming the attribute",
    async run({ resources }) {
      appliesIf(resources.checkUnique !== undefined, "the storage has no checkUnique");
      const { users, groups } = freshTenant();
      await insertAll(resources, users, [userOf("ada"), userOf("bob")]);
      const both = [unique("externalId", "e1"), unique("userName", "ada")];
      for (const id of ["u-new", "u-bob"]) {
        const check = resources.checkUnique(users, { id, unique: both });
        const error = await expectScimError(check, "UniquenessError", "Another resource has the value");
        expectSame((error as { attribute?: unknown }).attribute, "userName", "The error names the attribute");
      }
      const many = upTo(250).map((n) => unique("externalId", `e${n}`));
      const last = resources.checkUnique(users, { id: "u-new", unique: [...many, unique("userName", "ada")] });
      await expectScimError(last, "UniquenessError", "The last of many values counts too");
      await resources.checkUnique(groups, { id: "u-new", unique: both });
      await resources.checkUnique(freshTenant().users, { id: "u-new", unique: both });
    },
  },
  "unique.check-own": {
    title: "accepts in checkUnique, if it has one, values that are free or the resource's own, and reserves none",
    async run({ resources }) {
      appliesIf(resources.checkUnique !== undefined, "the storage has no checkUnique");
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada"));
      await resources.checkUnique(users, userOf("ada"));
      await resources.checkUnique(users, { id: "u-new", unique: [] });
      await resources.checkUnique(users, userOf("eve"));
      expectSame(await resources.find(users, "u-eve"), undefined, "Nothing is written");
      await resources.insert(users, userOf("eve", { id: "u-2" }));
    },
  },
};
