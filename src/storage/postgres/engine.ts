import { PostgresAdapter, PostgresQueryCompiler, type RawBuilder, sql } from "kysely";
import { isText } from "../../schema/attributes/scalar.ts";
import type { SqlEngine, TextPair } from "../sql/engine/engine.ts";
import { postgresCounting } from "./counting.ts";
import { isStopped, isUniqueViolation, translatePostgresError } from "./errors.ts";

/** What the statements of `../sql` need to know of PostgreSQL. */
export const postgresEngine: SqlEngine = Object.freeze<SqlEngine>({
  createQueryCompiler: () => new PostgresQueryCompiler(),
  createAdapter: () => new PostgresAdapter(),
  types: { text: 'text COLLATE "C"', real: "double precision", json: "jsonb" },
  counting: postgresCounting,
  failureEndsTransaction: true,
  locksRows: true,
  scansInPieces: false,
  isStopped,
  list,
  texts: (values) => sql`(select unnest(${list(values)}::text[]) as value)`,
  among: (column, values) => sql<boolean>`${column} = any(${list(values)}::text[])`,
  pairs: (values) => {
    const [first, second] = pairValues(values);
    return sql`(select * from unnest(${first}::text[], ${second}::text[]) as pair (first, second))`;
  },
  pairValues,
  // OFFSET keeps the planner from making a join of it, which would read the whole table at each step of a recursion.
  lookups: (table, condition) =>
    sql`lateral (select m.*, m.ctid as place from ${table} m where ${condition} offset 0) m`,
  isAmongRows: (from) => sql<boolean>`ctid = any(array(select m.place from ${from}))`,
  json: (text) => sql<string>`${text}::jsonb`,
  jsonText: (json, path) => sql<string | null>`(${json} #>> ${jsonPath(path)} collate "C")`,
  jsonHas: (json, path) => sql<boolean>`((${json} #> ${jsonPath(path)}) is not null)`,
  jsonElements: (json, path, alias) => {
    const found = sql`(${json} #> ${jsonPath(path)})`;
    return sql`jsonb_array_elements(case jsonb_typeof(${found}) when 'array' then ${found} else '[]'::jsonb end)
      as ${sql.ref(alias)}(value)`;
  },
  binary: (text) => sql<string>`((${text}) collate "C")`,
  textIncludes: (text, part) => sql<boolean>`strpos(${text}, ${part}) > 0`,
  textEnds: (text, end, length) => sql<boolean>`right(${text}, ${sql.lit(length)}) = ${end}`,
  tableExists: (name) => sql`select 1 where to_regclass(${name}) is not null`,
  newVersion: sql<string>`gen_random_uuid()::text`,
  unordered: (column) => sql<string>`(${column} || '')`,
  isUniqueViolation,
  translateError: translatePostgresError,
});

/** Leaves out texts that PostgreSQL cannot store, since no row has them. */
function list(values: readonly string[]): readonly string[] {
  return values.filter(isText);
}

function pairValues(values: readonly TextPair[]): readonly [first: string[], second: string[]] {
  return [values.map(([first]) => first), values.map(([, second]) => second)];
}

/** Written into the statement, so that an index on the same expression is found. */
function jsonPath(path: readonly (string | number)[]): RawBuilder<unknown> {
  const steps = path.map((step) => `"${String(step).replaceAll(/["\\]/g, "\\$&")}"`);
  return sql`${sql.lit(`{${steps.join(",")}}`)}::text[]`;
}
