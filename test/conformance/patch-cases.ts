import { readFileSync } from "node:fs";

/** An operation as a case writes it; some are malformed on purpose. */
export type RawOperation = Record<string, unknown>;

/** One case of data/patch.json. */
export interface PatchCase {
  readonly id: string;
  readonly resourceType: "User" | "Group";
  readonly before: Record<string, unknown>;
  readonly operations: readonly RawOperation[];
  readonly after?: Record<string, unknown>;
  readonly error?: { readonly status: number; readonly scimType: string };
  /** What the RFC has instead of `after` or `error`, where that differs. */
  readonly rfc?: { readonly after?: Record<string, unknown>; readonly error?: string };
  readonly profile: "rfc" | "rfc-ambiguous" | "rfc-status-only" | "entra" | "vendor" | "vendor-option";
  readonly needsCustomSchema?: readonly string[];
  readonly compareOnly?: readonly string[];
}

const file = new URL("./data/patch.json", import.meta.url);

/** All cases. */
export const cases: readonly PatchCase[] = (JSON.parse(readFileSync(file, "utf8")) as { cases: PatchCase[] }).cases;

/** The cases of one profile. */
export function casesOf(...profiles: readonly PatchCase["profile"][]): readonly PatchCase[] {
  return cases.filter(({ profile }) => profiles.includes(profile));
}

const IGNORED: ReadonlySet<string> = new Set(["id", "meta", "schemas"]);

/**
 * What of a resource the cases compare: names in lower case, without what is unassigned, elements in a fixed order, and
 * without `id`, `meta` and `schemas`. `primary: false` says no more than none. Where a case compares a few attributes
 * alone, its source derived labels of members from its own users; there members are compared by `value`.
 */
export function comparable(resource: Record<string, unknown>, only: readonly string[] | undefined): unknown {
  const kept = Object.entries(resource).filter(([name]) => {
    const key = name.toLowerCase();
    return !IGNORED.has(key) && (only === undefined || only.includes(key));
  });
  const members = kept.map(([name, value]) =>
    only !== undefined && name.toLowerCase() === "members" ? [name, membersByValue(value)] : [name, value],
  );
  return normal(Object.fromEntries(members)) ?? {};
}

function membersByValue(members: unknown): unknown {
  return Array.isArray(members) ? members.map((member) => ({ value: member.value })) : members;
}

function normal(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) {
    const elements = value.map(normal).filter((element) => element !== undefined);
    return elements.length === 0
      ? undefined
      : elements.sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
  }
  if (typeof value !== "object") return value;
  const members = Object.entries(value)
    .map(([name, member]) => [name.toLowerCase(), normal(member)] as const)
    .filter(([name, member]) => member !== undefined && !(name === "primary" && member === false))
    .sort(([a], [b]) => compareText(a, b));
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
