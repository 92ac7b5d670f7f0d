import type { AttributeDefinition, ResourceType } from "../../src/schema/definition.ts";

type Members = Readonly<Record<string, unknown>>;

/** Which attributes are kept, written out once more in the plainest words. */
type Keep = (attribute: AttributeDefinition) => boolean;

/** What a client's resource comes to in storage: nothing that is not its own, nothing secret. */
export const STORED: Keep = ({ mutability, returned }) => mutability !== "readOnly" && returned !== "never";
/** What of it is shown when nothing is asked for. */
export const SHOWN: Keep = (attribute) => STORED(attribute) && attribute.returned !== "request";

/** A resource with only what is to be kept; equal elements once; without what is empty. Extensions in `schemas` as they are there. */
export function naiveResource(resource: Members, type: ResourceType, keep: Keep): Record<string, unknown> {
  const kept: Record<string, unknown> = naiveMembers(resource, type.schema.attributes, keep);
  for (const { schema } of type.extensions) {
    const data = naiveMembers((resource[schema.id] ?? {}) as Members, schema.attributes, keep);
    if (Object.keys(data).length > 0) kept[schema.id] = data;
  }
  const urns = type.extensions.map(({ schema }) => schema.id).filter((urn) => urn in kept);
  return { schemas: [type.schema.id, ...urns], ...kept };
}

function naiveMembers(
  members: Members,
  attributes: readonly AttributeDefinition[],
  keep: Keep,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const attribute of attributes.filter(keep)) {
    const value = members[attribute.name];
    if (value === undefined) continue;
    const elements = (attribute.multiValued ? (value as unknown[]) : [value])
      .map((element) => naiveElement(element, attribute, keep))
      .filter((element) => element !== undefined);
    const once = elements.filter(
      (element, position) => elements.findIndex((other) => sortedText(other) === sortedText(element)) === position,
    );
    if (once.length > 0) kept[attribute.name] = attribute.multiValued ? once : once[0];
  }
  return kept;
}

function naiveElement(element: unknown, attribute: AttributeDefinition, keep: Keep): unknown {
  if (attribute.subAttributes === undefined) return element;
  const kept = naiveMembers(element as Members, attribute.subAttributes, keep);
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
