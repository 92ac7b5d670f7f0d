import { Client } from "pg";
import { inject } from "vitest";
import { PASSWORD, SUPERUSER } from "./cluster.ts";
import { type KeptServer, startKeeper } from "./start-keeper.ts";

/** A new, empty database on the server of this run, as a connection string. It goes with the server. */
export async function freshDatabase(): Promise<string> {
  const response = await fetch(inject("postgres"));
  const answer = (await response.json()) as { readonly port?: number; readonly error?: string };
  if (answer.port === undefined) throw new Error(answer.error);
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await query(urlOf(answer.port, "postgres"), `CREATE DATABASE ${name}`);
  return urlOf(answer.port, name);
}

/** A server that belongs to one test, which may stop it; `url` leads to an empty database. Give it back with `end`. */
export async function ownServer(): Promise<KeptServer & { readonly url: string }> {
  const server = await startKeeper();
  return { ...server, url: urlOf(server.port, "postgres") };
}

/** The rows that one statement yields on a connection of its own. */
export async function query(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(text, values);
    return rows;
  } finally {
    await client.end();
  }
}

/** The same database for another user. */
export function asUser(url: string, user: string, password = PASSWORD): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  return changed.href;
}

/** The same server's database of that name. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

function urlOf(port: number, database: string): string {
  return `postgres://${SUPERUSER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
}
