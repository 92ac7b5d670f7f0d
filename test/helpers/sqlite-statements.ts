import { DatabaseSync, StatementSync } from "node:sqlite";
import { vi } from "vitest";

/** The statements that SQLite runs during `use`, on any connection of this process, in their order. */
export async function sqliteStatementsOf(use: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  const { all } = StatementSync.prototype;
  const { exec } = DatabaseSync.prototype;
  const onAll = vi.spyOn(StatementSync.prototype, "all").mockImplementation(function (this: StatementSync, ...values) {
    texts.push(this.sourceSQL);
    return all.apply(this, values);
  });
  const onExec = vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(function (this: DatabaseSync, text) {
    texts.push(text);
    return exec.call(this, text);
  });
  try {
    await use();
  } finally {
    onAll.mockRestore();
    onExec.mockRestore();
  }
  return texts;
}
