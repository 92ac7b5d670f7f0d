import { listResources } from "../../storage/fallback/list-resources.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame, expectScimError, expectThat } from "../contract/contract-violation.ts";
import { at, freshTenant, idsOf, insertAll, type ResourceSubject, userOf } from "./contract-data.ts";

/** Cases on the capabilities of a storage. */
export type CapabilityCaseId = "capabilities.true" | "capabilities.id-order";

/** The guarantees on capabilities: they are complete and correct. */
export const capabilityCases: CaseTable<CapabilityCaseId, ResourceSubject> = {
  "capabilities.true": {
    title: "has members and transactions exactly if its capabilities say so, and keeps unique values unique",
    async run({ resources }) {
      const { members, transactions, uniqueness, cursor } = resources.capabilities;
      expectSame(members, resources.members !== undefined, "members exist as capabilities say");
      expectSame(transactions, resources.transaction !== undefined, "transaction exists as capabilities say");
      expectSame(uniqueness, true, "Unique values are enforced: there is no fallback for that");
      const { users } = freshTenant();
      await insertAll(resources, users, [userOf("a"), userOf("b")]);
      const { next } = await resources.list(users, { take: 1 });
      expectSame(next !== undefined, cursor, "A page has a cursor as capabilities say");
    },
  },
  "capabilities.id-order": {
    title: "lets listResources list in the order of ids, or reject it with NotImplementedError",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertAll(resources, users, [userOf("b", { created: at(1) }), userOf("a", { created: at(2) })]);
      const work = listResources(resources, users, { order: "id", take: 9 });
      if (resources.capabilities.idOrder !== true) {
        await expectScimError(work, "NotImplementedError", "An unsupported order is rejected");
        return;
      }
      expectThat(idsOf(await work).join() === "u-a,u-b", "The order is by id");
    },
  },
};
