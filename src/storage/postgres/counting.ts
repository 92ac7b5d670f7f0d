import type { CountingWords } from "../sql/engine/engine.ts";

/**
 * Each statement that inserts or deletes resources adds a row with the difference, so that writers neither wait for
 * each other nor conflict. `foldingStatement` replaces many rows by one.
 */
export function postgresCounting({ resources, counts, inSchema, name }: CountingWords): string[] {
  const count = inSchema("count_resources");
  const trigger = (event: "INSERT" | "DELETE", rows: "NEW" | "OLD") =>
    `CREATE TRIGGER ${name(`count_${event.toLowerCase()}`)} AFTER ${event} ON ${resources}
      REFERENCING ${rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION ${count}()`;
  return [
    `CREATE FUNCTION ${count}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      INSERT INTO ${counts} (tenant, type, resources)
        SELECT tenant, type, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END
        FROM changed GROUP BY tenant, type;
      RETURN NULL;
    END $$`,
    trigger("INSERT", "NEW"),
    trigger("DELETE", "OLD"),
  ];
}

/** A partition with more rows than this gets one row instead. */
const MANY = 20;

/**
 * Replaces many rows of a partition by one, in READ COMMITTED. SKIP LOCKED: rows that another session has locked are
 * left.
 */
export function foldingStatement(counts: string): string {
  return `WITH crowded AS (
      SELECT tenant, type FROM ${counts} GROUP BY tenant, type HAVING count(*) > ${MANY}),
    taken AS (
      SELECT c.ctid AS place FROM ${counts} c JOIN crowded USING (tenant, type) FOR UPDATE OF c SKIP LOCKED),
    gone AS (
      DELETE FROM ${counts} WHERE ctid = ANY (ARRAY(SELECT place FROM taken)) RETURNING tenant, type, resources)
    INSERT INTO ${counts} (tenant, type, resources)
      SELECT tenant, type, sum(resources) FROM gone GROUP BY tenant, type`;
}
