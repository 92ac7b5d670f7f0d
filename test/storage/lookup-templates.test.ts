import { CompiledQuery } from "kysely";
import { describe, expect, it } from "vitest";
import type { ListQuery } from "../../src/storage/list-query.ts";
import { createLookupTemplates } from "../../src/storage/sql/engine/lookup-store.ts";
import { lookupStatement } from "../../src/storage/sql/filters/lookup-templates.ts";
import type { Partition } from "../../src/storage/stored-resource.ts";
import { userFilter } from "../../src/testing/storage/contract-data.ts";

const partition = { tenant: "t", type: "User" };
const query = (value: string): ListQuery => ({ filter: userFilter(`userName eq "${value}"`), take: 10 });

/** The value of the filter's only term. */
function termOf({ filter }: ListQuery): string {
  return filter?.type === "comparison" ? String(filter.value) : "";
}

/** What a lookup is answered with where statements are bound with these values. */
function lookUp(bound: (where: Partition, asked: ListQuery) => readonly unknown[]) {
  const templates = createLookupTemplates();
  let made = 0;
  const ask = (value: string) =>
    lookupStatement(templates, { partition, query: query(value) }, (where, asked) => {
      made += 1;
      return CompiledQuery.raw("SELECT", [...bound(where, asked)]);
    })?.parameters;
  return { answers: [ask("Ada"), ask("Bob")], made };
}

describe("a statement that is made once for a lookup", () => {
  it("is bound with what each lookup asks, where all of it is found in the statement", () => {
    const whole = lookUp(({ tenant, type }, asked) => [tenant, type, termOf(asked), "other", asked.take + 1]);
    expect(whole.answers).toEqual([
      ["t", "User", "Ada", "other", 11],
      ["t", "User", "Bob", "other", 11],
    ]);
    expect(whole.made).toBe(1);
    const unlimited = lookUp(({ tenant, type }, asked) => [tenant, type, termOf(asked)]);
    expect(unlimited.answers[1]).toEqual(["t", "User", "Bob"]);
  });

  it.each<[string, Parameters<typeof lookUp>[0]]>([
    ["the tenant is missing", ({ type }, asked) => [type, termOf(asked), asked.take + 1]],
    ["the type is missing", ({ tenant }, asked) => [tenant, termOf(asked), asked.take + 1]],
    ["the value is missing", ({ tenant, type }, asked) => [tenant, type, asked.take + 1]],
    ["the number of rows is another", ({ tenant, type }, asked) => [tenant, type, termOf(asked), asked.take + 7]],
    [
      "the value is also a part of something",
      ({ tenant, type }, asked) => [tenant, type, termOf(asked), `${termOf(asked)}%`, asked.take + 1],
    ],
    [
      "the tenant is also in a list",
      ({ tenant, type }, asked) => [tenant, [tenant, type], type, termOf(asked), asked.take + 1],
    ],
  ])("is not used where %s, and not tried again", (_, bound) => {
    expect(lookUp(bound)).toEqual({ answers: [undefined, undefined], made: 1 });
  });
});
