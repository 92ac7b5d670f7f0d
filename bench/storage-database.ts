import assert from "node:assert/strict";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Storage } from "scimkit/storage";
import type { SqlStatements } from "../src/storage/sql/engine/session.ts";
import { GROUPS, groupId, membersOf, type Size, scattered, storedGroup, storedUser, USERS } from "./storage-data.ts";

/** Hears how many resources more have been written. */
export type Progress = (resources: number) => void;

/** A prepared statement: takes values, gives rows. */
export type Bare = (...values: readonly (string | number | null)[]) => Rows | Promise<Rows>;
type Rows = readonly Record<string, unknown>[];

/** A filled database, by way of our storage and by a connection of its own for statements written by hand. */
export interface BenchDatabase {
  /** Its name in the figures. */
  readonly engine: string;
  readonly size: Size;
  readonly storage: Storage;
  /** Prepares a statement whose values are written as `?`. */
  readonly bare: (text: string) => Bare;
  readonly statements: SqlStatements;
  readonly words: EngineWords;
  readonly close: () => Promise<void>;
}

/** What statements written by hand say differently in each database. */
export interface EngineWords {
  /** How JSON text is written into the column that is looked into. */
  readonly json: (value: string) => string;
  /** Whether the user `r` has this `externalId`, in its own case. */
  readonly hasExternalId: string;
  /** Whether the user `r` has a work address that is this one in lower case. */
  readonly hasWorkEmail: string;
}

/** Has the system read all of a file, or folder: what is measured is a database that has been in use. */
export async function readThrough(path: string): Promise<void> {
  const files = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
  for (const file of files) for await (const _ of createReadStream(file, { highWaterMark: 1 << 20 }));
}

/** Rows that were written in bulk are to be what the storage would have written. @throws {AssertionError} */
export async function checkDatabase({ resources }: Storage, size: Size): Promise<void> {
  for (let number = 0; number < 20; number += 1) {
    const user = storedUser(scattered(number, size.users));
    assert.deepEqual(await resources.find(USERS, user.id), user);
    // Writing it again with other values and back changes and finds all its rows, or fails.
    await resources.replace(USERS, { ...user, version: "2", unique: [], attributes: {} }, "1");
    await resources.replace(USERS, user, "2");
  }
  const page = await resources.list(USERS, { take: 1, count: true });
  assert.equal(page.total, size.users);
  for (const index of [0, 1]) {
    const group = storedGroup(index);
    assert.deepEqual(await resources.find(GROUPS, group.id), group);
    const found = await resources.members?.page(GROUPS, groupId(index), { take: size.members + 1 });
    assert.deepEqual(
      new Set(found?.members.map(({ value }) => value)),
      new Set(membersOf(index, size).map(({ value }) => value)),
    );
  }
}
