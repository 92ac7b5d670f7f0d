import type { Transform } from "../patch/dialect.ts";
import { URN } from "../protocol/urns.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import { LINKS } from "./links.ts";
import type { Members } from "./rewrite.ts";

/** URNs of SCIM before the RFC, and a dot instead of the colon before an extension's attribute. */
export const legacyUrns: Transform = {
  name: "legacy-urns",
  why: "Old connectors, such as the one of Entra ID for Slack, use the URNs of SCIM 1.1 or shortened ones, and put a dot before the attributes of an extension.",
  link: LINKS.slack,
  attributeName: (text, { type }) => renewed(text, type),
  filterText: withColons,
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

/**
 * A URN of the core schemas or of Enterprise User as it was before the RFC, or as connectors shorten it: version 1.0 or
 * 2.0, with or without the name of the resource type, and what follows it. The canonical URNs match too.
 */
const LEGACY =
  /^urn:(?:ietf:params:)?scim:schemas:(core|extension:enterprise):[12]\.0(?::(?:user|group)(?=$|[.:]))?(?:$|[.:])/i;

/** In the text of a filter: a text in quotes, or a URN with a dot before its attribute. */
const DOTTED = /"(?:[^"\\]|\\.)*"|(urn:[a-z0-9:.]*?:[12]\.0(?::(?:user|group))?)\.(?=[a-z])/gi;

/** A filter with colons where a dot is between a URN and an attribute, which the grammar cannot read. */
function withColons(text: string): string | undefined {
  if (!/urn:/i.test(text)) return undefined;
  const changed = text.replace(DOTTED, (all, urn: string | undefined) => (urn === undefined ? all : `${urn}:`));
  return changed === text ? undefined : changed;
}

function hasEnterprise(type: ResourceType): boolean {
  return type.extensions.some(({ schema }) => schema.id === URN.enterpriseUser);
}

/** A URN, or a path that begins with one, in the form of the RFC; undefined if it has that form already. */
function renewed(text: string, type: ResourceType): string | undefined {
  // Most texts are names of attributes without a URN.
  if (!text.includes(":")) return undefined;
  const changed = renewedLegacy(text, type) ?? withColon(text, type);
  return changed === text ? undefined : changed;
}

function renewedLegacy(text: string, type: ResourceType): string | undefined {
  const [old, schema] = LEGACY.exec(text) ?? [];
  if (old === undefined || schema === undefined) return undefined;
  const isEnterprise = schema.toLowerCase() !== "core";
  if (isEnterprise && !hasEnterprise(type)) return undefined;
  const urn = isEnterprise ? URN.enterpriseUser : type.schema.id;
  // What is written as in the RFC stays as it was written, in any case.
  if (text.toLowerCase().startsWith(urn.toLowerCase()) && text[urn.length] !== ".") return undefined;
  const rest = text.slice(old.length);
  return rest === "" ? urn : `${urn}:${rest}`;
}

/** A dot between the URN of an extension and its attribute becomes a colon. */
function withColon(text: string, type: ResourceType): string | undefined {
  const extension = type.extensions.find(
    ({ schema }) => text[schema.id.length] === "." && text.toLowerCase().startsWith(schema.id.toLowerCase()),
  );
  if (extension === undefined) return undefined;
  const { id } = extension.schema;
  return `${id}:${text.slice(id.length + 1)}`;
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
