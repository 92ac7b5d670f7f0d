import type { Transform } from "../patch/dialect.ts";
import { LEGACY_URN, URN } from "../protocol/urns.ts";
import type { ResourceType } from "../schema/definition.ts";
import { isObject } from "../schema/is-object.ts";
import { LINKS } from "./links.ts";
import type { Members } from "./rewrite.ts";

/** URNs of SCIM before the RFC, and a dot where a colon belongs before an extension's attribute. */
export const legacyUrns: Transform = {
  name: "legacy-urns",
  why: "Connectors of SCIM 1.1 days, such as Entra ID's for Slack, name schemas by old URNs and put a dot before the attributes of an extension.",
  link: LINKS.slack,
  operation: (operation, { type }) => {
    const { path, value } = operation;
    const newPath = typeof path === "string" ? renewed(path, type) : undefined;
    const newValue = path === undefined && isObject(value) ? renewNames(value, type) : undefined;
    if (newPath === undefined && newValue === undefined) return undefined;
    return [
      { ...operation, ...(newPath === undefined ? {} : { path: newPath }), ...(newValue && { value: newValue }) },
    ];
  },
  resource: (resource, { type }) => {
    const named = renewNames(resource, type);
    const schemas = renewSchemas(resource.schemas, type);
    if (named === undefined && schemas === undefined) return undefined;
    return { ...(named ?? resource), ...(schemas && { schemas }) };
  },
};

/** Old URNs with what they are called for this type now; the longest first, since some begin like others. */
function renewals(type: ResourceType): readonly (readonly [string, string])[] {
  const core = [LEGACY_URN.user2, LEGACY_URN.group2, LEGACY_URN.core2, LEGACY_URN.core1].map(
    (urn) => [urn, type.schema.id] as const,
  );
  const hasEnterprise = type.extensions.some(({ schema }) => schema.id === URN.enterpriseUser);
  const enterprise = [LEGACY_URN.enterprise2, LEGACY_URN.enterprise1].map((urn) => [urn, URN.enterpriseUser] as const);
  return hasEnterprise ? [...core, ...enterprise] : core;
}

/** A URN, or a path that begins with one, in today's form; undefined when it has that already. */
function renewed(text: string, type: ResourceType): string | undefined {
  // Most texts are names of attributes, which no URN begins.
  if (!text.includes(":")) return undefined;
  const folded = text.toLowerCase();
  for (const [old, urn] of renewals(type)) {
    if (!folded.startsWith(old.toLowerCase())) continue;
    const rest = text.slice(old.length);
    if (rest === "") return urn;
    if (rest.startsWith(":") || rest.startsWith(".")) return `${urn}:${rest.slice(1)}`;
  }
  for (const { schema } of type.extensions) {
    if (folded.startsWith(`${schema.id.toLowerCase()}.`)) return `${schema.id}:${text.slice(schema.id.length + 1)}`;
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
