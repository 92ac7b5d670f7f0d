import type { AttributeDefinition, ResourceType } from "../../src/schema/attributes/definition.ts";

type Members = Readonly<Record<string, unknown>>;

interface Rule {
  readonly keeps: (attribute: AttributeDefinition) => boolean;
  /** Whether equal elements fall together. */
  readonly once: boolean;
}

const STORED: Rule = {
  keeps: ({ mutability, returned }) => mutability !== "readOnly" && returned !== "never",
  once: true,
};
const SHOWN: Rule = { keeps: ({ returned }) => returned !== "request", once: false };

/** What a client's resource comes to in storage: nothing that is not its own, nothing secret, equal elements once. */
export function naiveStored(resource: Members, type: ResourceType): Record<string, unknown> {
  return naiveResource(resource, type, STORED);
}

/** What of it is shown when nothing is asked for. Elements that differ in what is not shown look the same. */
export function naiveShown(resource: Members, type: ResourceType): Record<string, unknown> {
  return naiveResource(naiveStored(resource, type), type, SHOWN);
}

function naiveResource(resource: Members, type: ResourceType, rule: Rule): Record<string, unknown> {
  const kept: Record<string, unknown> = naiveMembers(resource, type.schema.attributes, rule);
  for (const { schema } of type.extensions) {
    const data = naiveMembers((resource[schema.id] ?? {}) as Members, schema.attributes, rule);
    if (Object.keys(data).length > 0) kept[schema.id] = data;
  }
  const urns = type.extensions.map(({ schema }) => schema.id).filter((urn) => urn in kept);
  return { schemas: [type.schema.id, ...urns], ...kept };
}

function naiveMembers(
  members: Members,
  attributes: readonly AttributeDefinition[],
  rule: Rule,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const attribute of attributes.filter(rule.keeps)) {
    const value = members[attribute.name];
    if (value === undefined) continue;
    const elements = (attribute.multiValued ? (value as unknown[]) : [value])
      .map((element) => naiveElement(element, attribute, rule))
      .filter((element) => element !== undefined);
    const once = elements.filter(
      (element, position) =>
        !rule.once || elements.findIndex((other) => sortedText(other) === sortedText(element)) === position,
    );
    if (once.length > 0) kept[attribute.name] = attribute.multiValued ? once : once[0];
  }
  return kept;
}

function naiveElement(element: unknown, attribute: AttributeDefinition, rule: Rule): unknown {
  if (attribute.subAttributes === undefined) return element;
  const kept = naiveMembers(element as Members, attribute.subAttributes, rule);
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** JSON in which neither the order of names nor that of elements counts. */
export function sortedText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedText).sort().join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "undefined";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members
    .map(([name, member]) => `${JSON.stringify(name)}:${sortedText(member)}`)
    .sort()
    .join()}}`;
}
