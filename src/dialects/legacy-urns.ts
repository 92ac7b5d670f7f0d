import type { Transform } from "../patch/dialect.ts";
import { LEGACY_URN, URN } from "../protocol/urns.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import type { Members } from "./rewrite.ts";

/** URNs of SCIM before the RFC, and a dot instead of the colon before an extension's attribute. */
export const legacyUrns: Transform = {
  name: "legacy-urns",
  why: "Old connectors, such as the one of Entra ID for Slack, use the URNs of SCIM 1.1 and put a dot before the attributes of an extension.",
  link: LINKS.slack,
  operation: (operation, { type }) => {
    const { path, value } = operation;
    const newPath = typeof path === "string" ? renewed(path, type) : undefined;
    const newValue = path === undefined && isObject(value) ? renewNames(value, type) : undefined;
    if (newPath === undefined && newValue === undefined) return undefined;
    return [{ ...operation, path: newPath ?? path, value: newValue ?? value }];
  },
  resource: (resource, { type }) => {
    const named = renewNames(resource, type);
    const schemas = renewSchemas(resource.schemas, type);
    if (named === undefined && schemas === undefined) return undefined;
    return { ...(named ?? resource), ...(schemas && { schemas }) };
  },
};

const { user2, group2, core2, core1, enterprise2, enterprise1 } = LEGACY_URN;

/**
 * Old URNs in lower case, and whether they belong to Enterprise User; the longest first, since some are prefixes of
 * others.
 */
const OLD: readonly { readonly old: string; readonly isEnterprise: boolean }[] = [
  ...[user2, group2, core2, core1].map((urn) => ({ old: urn.toLowerCase(), isEnterprise: false })),
  ...[enterprise2, enterprise1].map((urn) => ({ old: urn.toLowerCase(), isEnterprise: true })),
];

function hasEnterprise(type: ResourceType): boolean {
  return type.extensions.some(({ schema }) => schema.id === URN.enterpriseUser);
}

/** A URN, or a path that begins with one, in the form of the RFC; undefined if it has that form already. */
function renewed(text: string, type: ResourceType): string | undefined {
  // Most texts are names of attributes without a URN.
  if (!text.includes(":")) return undefined;
  const folded = text.toLowerCase();
  for (const { old, isEnterprise } of OLD) {
    if (!folded.startsWith(old) || (isEnterprise && !hasEnterprise(type))) continue;
    const urn = isEnterprise ? URN.enterpriseUser : type.schema.id;
    const rest = text.slice(old.length);
    if (rest === "") return urn;
    if (rest.startsWith(":") || rest.startsWith(".")) return `${urn}:${rest.slice(1)}`;
  }
  for (const { schema } of type.extensions) {
    if (text[schema.id.length] !== ".") continue;
    if (folded.startsWith(schema.id.toLowerCase())) return `${schema.id}:${text.slice(schema.id.length + 1)}`;
  }
  return undefined;
}

function renewNames(members: Members, type: ResourceType): Record<string, unknown> | undefined {
  const entries = Object.entries(members);
  if (entries.every(([name]) => renewed(name, type) === undefined)) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [renewed(name, type) ?? name, value]));
}

function renewSchemas(schemas: unknown, type: ResourceType): unknown[] | undefined {
  if (!Array.isArray(schemas)) return undefined;
  const next = schemas.map((urn: unknown) => (typeof urn === "string" ? (renewed(urn, type) ?? urn) : urn));
  return next.every((urn, position) => urn === schemas[position]) ? undefined : [...new Set(next)];
}
