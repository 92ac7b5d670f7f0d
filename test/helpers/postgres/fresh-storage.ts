import { Pool } from "pg";
import { type PostgresStorage, postgresStorage } from "../../../src/storage/postgres/storage.ts";
import { freshDatabase } from "./database.ts";

/** One for the file of tests: connections and databases take longer to make than schemas. They end with its process. */
let opening: Promise<Pool> | undefined;

async function connect() {
  opening ??= freshDatabase().then((connectionString) => new Pool({ connectionString, allowExitOnIdle: true }));
  return (await opening).connect();
}

/** An empty storage in a schema of its own, made when it is first used. */
export function freshPostgresStorage(): PostgresStorage {
  const schema = `s_${crypto.randomUUID().replaceAll("-", "")}`;
  return postgresStorage({ pool: { connect, end: async () => undefined }, schema });
}
