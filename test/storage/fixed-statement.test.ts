import { type CompiledQuery, sql as raw } from "kysely";
import { describe, expect, it } from "vitest";
import { fixedRows, insertedRows } from "../../src/storage/sql/engine/fixed-statement.ts";
import { sqlSession, sqlStatements } from "../../src/storage/sql/engine/session.ts";
import { sqliteEngine } from "../../src/storage/sqlite/engine.ts";

/** A session that remembers what it runs. */
function recording() {
  const statements = sqlStatements(sqliteEngine, {
    tablePrefix: "x_",
    indexed: [],
    unindexedFilters: "scan",
    statementTimeoutMs: 10_000,
  });
  const ran: (readonly unknown[])[] = [];
  const run = async <Row>({ sql, parameters }: CompiledQuery<Row>): Promise<Row[]> => {
    ran.push([sql, ...parameters]);
    return [];
  };
  return { sql: sqlSession(statements, run), ran };
}

describe("a fixed statement", () => {
  it("is compiled at its first use, and bound with other values afterwards", async () => {
    const { sql, ran } = recording();
    let made = 0;
    const ask = (first: string, second: number) =>
      fixedRows(sql, {
        name: "asked",
        values: [first, second],
        make: () => {
          made += 1;
          return raw`select ${first}, ${second}`;
        },
      });
    await ask("a", 1);
    await ask("b", 2);
    expect(made).toBe(1);
    expect(ran).toEqual([
      ["select ?, ?", "a", 1],
      ["select ?, ?", "b", 2],
    ]);
  });

  it("is refused where its values are in another order than it binds them, and nothing is run", async () => {
    const { sql, ran } = recording();
    const wrong = fixedRows(sql, { name: "wrong", values: [1, "a"], make: () => raw`select ${"a"}, ${1}` });
    await expect(wrong).rejects.toThrow("The values of the statement wrong are not in the order");
    expect(ran).toEqual([]);
  });

  it("has one text for each number of rows that are inserted, and none is kept for many", async () => {
    const { sql, ran } = recording();
    for (const count of [1, 2, 1, 100, 100]) {
      const rows = Array.from({ length: count }, (_, n) => ({ name: `n${n}`, value: `v${n}` }));
      await insertedRows(sql, "meta", rows, () => sql.db.insertInto(sql.names.meta).values(rows));
    }
    expect(ran.map((one) => one.length)).toEqual([3, 5, 3, 201, 201]);
    expect(sql.fixed.size).toBe(2);
  });
});
