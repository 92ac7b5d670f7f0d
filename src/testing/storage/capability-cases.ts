import { listResources } from "../../storage/fallback/list-resources.ts";
import type { CaseTable } from "../contract/contract-case.ts";
import { expectSame, expectScimError, expectThat } from "../contract/contract-violation.ts";
import { at, freshTenant, idsOf, insertAll, type ResourceSubject, userOf } from "./contract-data.ts";

/** Cases on what a storage says of itself. */
export type CapabilityCaseId = "capabilities.true" | "capabilities.id-order";

/** The promises on capabilities: what is there is said, and what is said is there. */
export const capabilityCases: CaseTable<CapabilityCaseId, ResourceSubject> = {
  "capabilities.true": {
    title: "has members and transactions exactly where it says so, and keeps unique values unique",
    async run({ resources }) {
      const { members, transactions, uniqueness, cursor } = resources.capabilities;
      expectSame(members, resources.members !== undefined, "members are there as capabilities say");
      expectSame(transactions, resources.transaction !== undefined, "transaction is there as capabilities say");
      expectSame(uniqueness, true, "Unique values are enforced: nothing above a storage can make up for that");
      const { users } = freshTenant();
      await insertAll(resources, users, [userOf("a"), userOf("b")]);
      const { next } = await resources.list(users, { take: 1 });
      expectSame(next !== undefined, cursor, "A page says where the next one begins as capabilities say");
    },
  },
  "capabilities.id-order": {
    title: "has listResources list in the order of ids, or refuse it with NotImplementedError",
    async run({ resources }) {
      const { users } = freshTenant();
      await insertAll(resources, users, [userOf("b", { created: at(1) }), userOf("a", { created: at(2) })]);
      const work = listResources(resources, users, { order: "id", take: 9 });
      if (resources.capabilities.idOrder !== true) {
        await expectScimError(work, "NotImplementedError", "What is not done is refused");
        return;
      }
      expectThat(idsOf(await work).join() === "u-a,u-b", "The order is by id");
    },
  },
};
