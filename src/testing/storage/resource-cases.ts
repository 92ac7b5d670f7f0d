import type { CaseTable } from "../contract/contract-case.ts";
import { countWinners, expectSame, expectScimError, expectThat } from "../contract/contract-violation.ts";
import { appliesIf } from "../contract/not-applicable.ts";
import { at, freshTenant, groupOf, idsOf, insertAll, type ResourceSubject, upTo, userOf } from "./contract-data.ts";

/** Cases on single resources. */
export type ResourceCaseId =
  | "resources.find"
  | "resources.find-absent"
  | "resources.insert-id-taken"
  | "resources.replace"
  | "resources.replace-keeps-created"
  | "resources.replace-stale"
  | "resources.replace-absent"
  | "resources.replace-race"
  | "resources.remove"
  | "resources.remove-stale"
  | "resources.tenants-apart"
  | "resources.types-apart"
  | "resources.json-data"
  | "resources.given-not-kept"
  | "resources.kept-not-given"
  | "resources.read-behind"
  | "resources.omit";

/** The guarantees on single resources. */
export const resourceCases: CaseTable<ResourceCaseId, ResourceSubject> = {
  "resources.find": {
    title: "finds a resource as it was inserted, and no other",
    async run({ resources }) {
      const { users } = freshTenant();
      const ada = userOf("ada", { version: "v7", created: at(1), lastModified: at(2) });
      await insertAll(resources, users, [ada, userOf("bob")]);
      expectSame(await resources.find(users, ada.id), ada, "What was inserted is found");
    },
  },
  "resources.find-absent": {
    title: "returns undefined for a resource that does not exist",
    async run({ resources }) {
      const { users } = freshTenant();
      expectSame(await resources.find(users, "nobody"), undefined, "Absence is undefined");
    },
  },
  "resources.insert-id-taken": {
    title: "rejects a second resource with the same id with UniquenessError",
    async run({ resources }) {
      const { users } = freshTenant();
      const ada = userOf("ada");
      await resources.insert(users, ada);
      const other = userOf("other", { id: ada.id });
      await expectScimError(resources.insert(users, other), "UniquenessError", "An id exists once");
      expectSame(await resources.find(users, ada.id), ada, "The first stays");
    },
  },
  "resources.replace": {
    title: "replaces a resource that is at the expected version",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertAll(resources, users, [userOf("ada"), userOf("bob")]);
      const next = userOf("ada", { version: "v2", lastModified: at(9), attributes: { userName: "ada", title: "x" } });
      await resources.replace(users, next, "v1");
      expectSame(await resources.find(users, next.id), next, "The new content is found");
      expectSame(await resources.find(users, "u-bob"), userOf("bob"), "Others stay as they were");
    },
  },
  "resources.replace-keeps-created": {
    title: "keeps the date of creation in a replacement",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertAll(resources, users, [userOf("a", { created: at(1) }), userOf("b", { created: at(2) })]);
      await resources.replace(users, userOf("a", { version: "v2", created: at(3) }), "v1");
      expectSame((await resources.find(users, "u-a"))?.created, at(1), "created stays");
      expectSame(idsOf(await resources.list(users, { take: 9 })), ["u-a", "u-b"], "The place in listings stays");
    },
  },
  "resources.replace-stale": {
    title: "rejects a replacement of another version with PreconditionFailedError and changes nothing",
    async run({ resources }) {
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada"));
      const next = userOf("ada", { version: "v2", attributes: { userName: "lost" } });
      await expectScimError(
        resources.replace(users, next, "v0"),
        "PreconditionFailedError",
        "A stale write is refused",
      );
      expectSame(await resources.find(users, next.id), userOf("ada"), "Nothing changed");
    },
  },
  "resources.replace-absent": {
    title: "rejects a replacement of a removed resource with PreconditionFailedError",
    async run({ resources }) {
      const { users } = freshTenant();
      const work = resources.replace(users, userOf("ada", { version: "v2" }), "v1");
      await expectScimError(work, "PreconditionFailedError", "A replacement creates nothing");
      expectSame(await resources.find(users, "u-ada"), undefined, "Nothing was made");
    },
  },
  "resources.replace-race": {
    title: "lets one of many replacements of the same version succeed",
    async run({ resources }) {
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada"));
      const attempts = upTo(20).map((n) =>
        resources.replace(users, userOf("ada", { version: `w${n}`, attributes: { userName: "ada", n } }), "v1"),
      );
      expectSame(await countWinners(attempts, "PreconditionFailedError"), 1, "Exactly one wins");
      const now = await resources.find(users, "u-ada");
      expectSame(now?.version, `w${now?.attributes.n}`, "Version and content are the winner's");
    },
  },
  "resources.remove": {
    title: "removes a resource and returns whether it existed",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertAll(resources, users, [userOf("ada"), userOf("bob")]);
      expectSame(await resources.remove(users, "u-ada"), true, "It was there");
      expectSame(await resources.find(users, "u-ada"), undefined, "It is gone");
      expectSame(await resources.remove(users, "u-ada", "v1"), false, "It was not there any more");
      expectSame(idsOf(await resources.list(users, { take: 9 })), ["u-bob"], "Others stay");
    },
  },
  "resources.remove-stale": {
    title: "rejects a removal of another version with PreconditionFailedError",
    async run({ resources }) {
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada"));
      const work = resources.remove(users, "u-ada", "v0");
      await expectScimError(work, "PreconditionFailedError", "A removal of an old version is rejected");
      expectSame(await resources.find(users, "u-ada"), userOf("ada"), "It is still there");
      expectSame(await resources.remove(users, "u-ada", "v1"), true, "The right version removes");
    },
  },
  "resources.tenants-apart": {
    title: "keeps tenants apart in ids, unique values, listings, counts and removals [req 8]",
    async run({ resources }) {
      const one = freshTenant().users;
      const two = freshTenant().users;
      await resources.insert(one, userOf("ada"));
      expectSame(await resources.find(two, "u-ada"), undefined, "A foreign id is unknown");
      expectSame(await resources.list(two, { take: 9, count: true }), { resources: [], total: 0 }, "Nothing is listed");
      await resources.insert(two, userOf("ada", { version: "two" }));
      expectSame(await resources.remove(one, "u-ada"), true, "One tenant's is removed");
      expectSame((await resources.find(two, "u-ada"))?.version, "two", "The other's stays");
    },
  },
  "resources.types-apart": {
    title: "keeps resource types apart in ids, unique values, listings and counts",
    async run({ resources }) {
      const { users, groups } = freshTenant();
      const unique = [{ attribute: "externalId", key: "e1" }];
      await resources.insert(users, userOf("ada", { unique }));
      expectSame(await resources.find(groups, "u-ada"), undefined, "An id of another type is unknown");
      expectSame(
        await resources.list(groups, { take: 9, count: true }),
        { resources: [], total: 0 },
        "Nothing is listed",
      );
      await resources.insert(groups, groupOf("ada", { unique }));
      expectSame(idsOf(await resources.list(users, { take: 9 })), ["u-ada"], "Each type lists its own");
    },
  },
  "resources.json-data": {
    title: "returns any JSON data as it was stored, including names like __proto__ and a megabyte of text",
    async run({ resources }) {
      const { users } = freshTenant();
      const odd = '{"__proto__":{"polluted":true},"constructor":null,"toString":["x"],"":0,"hasOwnProperty":false}';
      const attributes = {
        ...{ userName: "ada", odd: JSON.parse(odd), nothing: null, empty: {}, list: [[], {}, null, 1.5, -1e21] },
        text: "\u0001\u001f\"'\\%_é e\u0301 \u{1f600} \uffff \ufffd \u2028",
        long: "ü".repeat(1 << 19),
      };
      await resources.insert(users, userOf("ada", { attributes }));
      const found = await resources.find(users, "u-ada");
      expectSame(found?.attributes, attributes, "The data is the same");
      expectThat(!("polluted" in {}), "No prototype was touched");
    },
  },
  "resources.given-not-kept": {
    title: "keeps no reference to the data that it gets",
    async run({ resources }) {
      const { users } = freshTenant();
      const emails = [{ value: "ada@example.com" }];
      const unique = [{ attribute: "userName", key: "ada" }];
      const inserted = resources.insert(users, userOf("ada", { attributes: { userName: "ada", emails }, unique }));
      emails.push({ value: "too@late.example" });
      unique.pop();
      await inserted;
      emails.push({ value: "later@still.example" });
      const found = await resources.find(users, "u-ada");
      expectSame(
        found?.attributes,
        { userName: "ada", emails: [{ value: "ada@example.com" }] },
        "The attributes are unchanged",
      );
      expectSame(found?.unique, [{ attribute: "userName", key: "ada" }], "The unique values are unchanged");
    },
  },
  "resources.kept-not-given": {
    title: "returns no reference to the data that it stores",
    async run({ resources }) {
      const { users } = freshTenant();
      const attributes = { userName: "ada", name: { familyName: "Lovelace" } };
      await resources.insert(users, userOf("ada", { attributes }));
      const listed = (await resources.list(users, { take: 1 })).resources[0];
      for (const found of [await resources.find(users, "u-ada"), listed]) {
        spoil(found?.attributes.name);
        spoil(found?.attributes);
      }
      expectSame((await resources.find(users, "u-ada"))?.attributes, attributes, "Callers cannot change it");
    },
  },
  "resources.read-behind": {
    title: "writes to the place that the caller can read without it",
    needs: "readBehind",
    async run({ resources, readBehind }) {
      appliesIf(readBehind !== undefined, "nothing reads what the storage wrote");
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada"));
      expectSame(await readBehind(users, "u-ada"), userOf("ada").attributes, "The resource is there");
      const attributes = { userName: "ada", title: "Countess" };
      await resources.replace(users, userOf("ada", { version: "v2", attributes }), "v1");
      expectSame(await readBehind(users, "u-ada"), attributes, "The replacement is there");
      await resources.remove(users, "u-ada");
      expectSame(await readBehind(users, "u-ada"), undefined, "The removal is done");
    },
  },
  "resources.omit": {
    title: "leaves out the attributes in omit, and no others",
    async run({ resources }) {
      const { users } = freshTenant();
      await resources.insert(users, userOf("ada", { attributes: { userName: "ada", photos: [{}], title: "x" } }));
      const omit = ["photos", "unheard-of"];
      const left = { userName: "ada", title: "x" };
      expectSame((await resources.find(users, "u-ada", { omit }))?.attributes, left, "find leaves it out");
      const page = await resources.list(users, { take: 1, omit });
      expectSame(page.resources[0]?.attributes, left, "list leaves it out");
      const whole = await resources.find(users, "u-ada");
      expectThat(Object.hasOwn(whole?.attributes ?? {}, "photos"), "It is still stored");
    },
  },
};

/** Tries to change a returned object. The driver may reject this or ignore it. */
function spoil(target: unknown): void {
  try {
    Object.assign(target as object, { spoiled: true });
  } catch {
    // It is frozen, which is as good as a copy.
  }
}
