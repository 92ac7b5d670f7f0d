import { Pool } from "pg";
import { afterAll, beforeAll, describe, it } from "vitest";
import { postgresStorage } from "../../src/storage/postgres/storage.ts";
import type { Partition } from "../../src/storage/stored-resource.ts";
import { runContract } from "../../src/testing/contract/run-contract.ts";
import { storageContract } from "../../src/testing/storage/storage-contract.ts";
import { freshDatabase } from "../helpers/postgres/database.ts";

let pool: Pool;

beforeAll(async () => {
  pool = new Pool({ connectionString: await freshDatabase() });
});
afterAll(() => pool.end());

/** What stands in the table as another connection sees it. */
async function readBehind(_storage: unknown, { tenant, type }: Partition, id: string) {
  const select = "SELECT attributes FROM scim.scimkit_resources WHERE tenant = $1 AND type = $2 AND id = $3";
  const { rows } = await pool.query(select, [tenant, type, id]);
  return rows.length === 0 ? undefined : JSON.parse(String(rows[0].attributes));
}

// All cases share the tables, as tenants do.
const create = async () => postgresStorage({ pool, schema: "scim" });

runContract({ describe, it }, "storage: PostgreSQL", storageContract({ create, readBehind }));
