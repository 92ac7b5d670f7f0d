import type { Turn } from "../../../timing/fair-queue.ts";
import type { TransactionOptions } from "../../resource-storage.ts";
import { splitOwnerKey } from "../../state/owner-key.ts";

/** The turn of an operation or a transaction. Those without a tenant take turns as one. */
export function turnOf({ tenant = "", signal }: TransactionOptions = {}): Turn {
  return { key: tenant, signal };
}

/** The turn of an operation on state records: that of the owner of the first one. The owner of a source's is its tenant. */
export function turnOfRecord(key: string | undefined): Turn {
  return { key: splitOwnerKey(key ?? "")?.owner ?? "" };
}
