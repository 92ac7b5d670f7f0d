import { sql as raw } from "kysely";
import { UniquenessError } from "../../../errors/request-errors.ts";
import { compareUtf8 } from "../../../values/utf8-order.ts";
import type { Partition, UniqueValue } from "../../stored-resource.ts";
import type { TextPair } from "../engine/engine.ts";
import { fixedRow, fixedRows } from "../engine/fixed-statement.ts";
import type { SqlSession } from "../engine/session.ts";
import { inChunks } from "./in-chunks.ts";

/** `ResourceStorage.checkUnique`. */
export async function checkUnique(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  unique: readonly UniqueValue[],
): Promise<void> {
  const taken = raw.table(sql.names.unique_values);
  for (const pairs of inChunks(pairsOf(unique))) {
    const row = await fixedRow(sql, {
      name: "unique.check",
      values: [...sql.engine.pairValues(pairs), tenant, type, id],
      make: () =>
        raw<{
          readonly attribute: string;
        }>`select m.attribute from ${sql.engine.pairs(pairs)} p cross join ${sql.engine.lookups(
          taken,
          raw`m.tenant = ${tenant} and m.type = ${type} and m.attribute = p.first and m.key = p.second
            and m.resource_id <> ${id}`,
        )} limit 1`,
    });
    if (row !== undefined) throw inUse(row.attribute);
  }
}

/**
 * Stores the unique values of a resource, which has none.
 *
 * @throws {UniquenessError} when another resource has one of them
 */
export async function takeUnique(
  sql: SqlSession,
  { tenant, type }: Partition,
  id: string,
  unique: readonly UniqueValue[],
): Promise<void> {
  for (const pairs of inChunks(pairsOf(unique))) {
    const taken = await fixedRows(sql, {
      name: "unique.insert",
      values: [tenant, type, id, ...sql.engine.pairValues(pairs)],
      make: () => raw<{
        readonly attribute: string;
        readonly key: string;
      }>`insert into ${raw.table(sql.names.unique_values)} (tenant, type, resource_id, attribute, key)
        select ${tenant}, ${type}, ${id}, p.first, p.second from ${sql.engine.pairs(pairs)} p
        where true on conflict do nothing returning attribute, key`,
    });
    // A value that another resource has was not inserted, and there is no error that would name it.
    if (taken.length === pairs.length) continue;
    const own = new Set(taken.map(({ attribute, key }) => JSON.stringify([attribute, key])));
    const [attribute = ""] = pairs.find((pair) => !own.has(JSON.stringify(pair))) ?? [];
    throw inUse(attribute);
  }
}

/** Deletes all unique values of a resource. */
export async function dropUnique(sql: SqlSession, { tenant, type }: Partition, id: string): Promise<void> {
  await fixedRows(sql, {
    name: "unique.delete",
    values: [tenant, type, id],
    make: () =>
      sql.db
        .deleteFrom(sql.names.unique_values)
        .where("tenant", "=", tenant)
        .where("type", "=", type)
        .where("resource_id", "=", id),
  });
}

/** The error for a value that another resource has. */
export function inUse(attribute: string, cause?: unknown): UniquenessError {
  return new UniquenessError(`${attribute} is already in use`, { attribute, cause });
}

/** Each value once, in a fixed order, so that no two writers wait for each other. */
function pairsOf(unique: readonly UniqueValue[]): readonly TextPair[] {
  const once = new Map<string, TextPair>();
  for (const { attribute, key } of unique) once.set(JSON.stringify([attribute, key]), [attribute, key]);
  return [...once].sort(([one], [other]) => compareUtf8(one, other)).map(([, pair]) => pair);
}
