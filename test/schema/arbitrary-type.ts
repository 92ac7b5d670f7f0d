import fc from "fast-check";
import type { AttributeDefinition, AttributeType, ResourceType } from "../../src/schema/attributes/definition.ts";
import { isWritable } from "../../src/schema/attributes/writable.ts";
import { defineResourceType } from "../../src/schema/defining/define-resource-type.ts";
import { defineSchema } from "../../src/schema/defining/define-schema.ts";

/** The URNs of a random type: its own, and those of its extensions. */
export const CORE = "urn:example:params:scim:schemas:core:2.0:Random";
export const EXTENSIONS: readonly string[] = [
  "urn:example:params:scim:schemas:extension:First:2.0:Random",
  "urn:example:params:scim:schemas:extension:second",
];

const NAMES = ["alpha", "Beta", "gamma", "delta-x", "epsilon_1", "Zeta", "value", "type", "eta"];
const SCALARS = ["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference"] as const;

const mutability = fc.oneof(
  { weight: 6, arbitrary: fc.constant("readWrite" as const) },
  { weight: 2, arbitrary: fc.constantFrom("readOnly" as const, "immutable" as const) },
  { weight: 1, arbitrary: fc.constant("writeOnly" as const) },
);
const returned = fc.oneof(
  { weight: 6, arbitrary: fc.constant("default" as const) },
  { weight: 1, arbitrary: fc.constantFrom("always" as const, "never" as const, "request" as const) },
);

/** Characteristics that do not contradict each other. */
const characteristics = fc
  .record({
    mutability,
    returned,
    multiValued: fc.boolean(),
    required: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    caseExact: fc.boolean(),
  })
  .map((drawn) => {
    if (drawn.mutability === "writeOnly") return { ...drawn, returned: "never" as const };
    return drawn.returned === "never" && drawn.mutability === "immutable"
      ? { ...drawn, returned: "default" as const }
      : drawn;
  });

const simple = (name: string): fc.Arbitrary<object> =>
  fc.tuple(fc.constantFrom(...SCALARS), characteristics).map(([type, drawn]) => ({ name, type, ...drawn }));

const complex = (name: string): fc.Arbitrary<object> =>
  fc
    .tuple(characteristics, fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 4 }))
    .chain(([drawn, names]) =>
      fc.tuple(...names.map(simple)).map((subAttributes) => ({ name, type: "complex", ...drawn, subAttributes })),
    );

const attributes = fc
  .uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 5 })
  .chain((names) => fc.tuple(...names.map((name) => fc.oneof(simple(name), complex(name)))));

/** Resource types with random attributes of random characteristics, with up to two extensions. */
export const resourceTypes: fc.Arbitrary<ResourceType> = fc
  .tuple(attributes, fc.array(fc.record({ attributes, required: fc.boolean() }), { maxLength: 2 }))
  .map(([own, extensions]) =>
    defineResourceType({
      name: "Random",
      endpoint: "/Randoms",
      schema: defineSchema({ id: CORE, attributes: own } as unknown),
      extensions: extensions.map(({ attributes: list, required }, position) => ({
        schema: defineSchema({ id: EXTENSIONS[position], attributes: list } as unknown),
        required,
      })),
    }),
  );

const SAMPLES: Readonly<Record<Exclude<AttributeType, "complex">, readonly unknown[]>> = {
  string: ["a", "A", "b", "Straße", "É", "é", "e\u0301", "x y"],
  boolean: [true, false],
  decimal: [0, 1, -1.5, 2.25, 1e21],
  integer: [0, 1, -7, 42],
  dateTime: [
    "2026-01-01T00:00:00Z",
    "2026-01-01T02:00:00+02:00",
    "2026-01-01T00:00:00.5Z",
    "2025-06-01T12:00:00-05:00",
  ],
  binary: ["aGk=", "AAEC", "aGk", ""],
  reference: ["https://a.example/", "../Users/1", "urn:x:Y", "urn:x:y"],
};

/** One value of a simple attribute. */
export function scalarOf(attribute: AttributeDefinition): fc.Arbitrary<unknown> {
  return attribute.type === "complex" ? fc.constant(undefined) : fc.constantFrom(...SAMPLES[attribute.type]);
}

/** How much of a resource is made: what a client may send, or all of what may be stored. */
export interface Filling {
  /** Whether what is read-only has values too. */
  readonly readOnly: boolean;
  /** Whether what is never returned has values too. */
  readonly secrets: boolean;
}

/** One element of an attribute: an object if it is complex. */
export function elementOf(attribute: AttributeDefinition, filling: Filling): fc.Arbitrary<unknown> {
  if (attribute.subAttributes === undefined) return scalarOf(attribute);
  return membersOf(attribute.subAttributes, filling);
}

/** A value of an attribute. */
export function anyValueOf(attribute: AttributeDefinition, filling: Filling): fc.Arbitrary<unknown> {
  const element = elementOf(attribute, filling);
  return attribute.multiValued ? fc.array(element, { minLength: 1, maxLength: 3 }) : element;
}

/** Values of attributes; what is required is there. A required text is never empty. */
export function membersOf(
  list: readonly AttributeDefinition[],
  filling: Filling,
): fc.Arbitrary<Record<string, unknown>> {
  const wanted = list.filter(
    ({ mutability: writable, returned: shown }) =>
      (filling.readOnly || writable !== "readOnly") && (filling.secrets || shown !== "never"),
  );
  const required = wanted.filter((attribute) => attribute.required).map(({ name }) => name);
  const record = fc.record(
    Object.fromEntries(wanted.map((attribute) => [attribute.name, anyValueOf(attribute, filling)])),
    {
      requiredKeys: required,
      noNullPrototype: true,
    },
  );
  return record.filter((members) => isFilled(members, wanted) && hasRequired(members, wanted, filling));
}

/** Whether a client can give it a value that is made here. */
function canHold(attribute: AttributeDefinition, filling: Filling): boolean {
  const { returned: shown, subAttributes } = attribute;
  if (!isWritable(attribute) || (shown === "never" && !filling.secrets)) return false;
  return subAttributes === undefined || subAttributes.some((sub) => canHold(sub, filling));
}

/** A required complex attribute holds something that is the client's, if it can. */
function hasRequired(
  members: Readonly<Record<string, unknown>>,
  list: readonly AttributeDefinition[],
  filling: Filling,
): boolean {
  return list.every((attribute) => {
    const isEmptyable = attribute.required && attribute.subAttributes !== undefined && canHold(attribute, filling);
    return !isEmptyable || hasOwn(members, [attribute], filling);
  });
}

function isFilled(members: Record<string, unknown>, list: readonly AttributeDefinition[]): boolean {
  return list.every(({ name, required }) => !required || members[name] !== "");
}

function hasOwn(
  members: Readonly<Record<string, unknown>>,
  list: readonly AttributeDefinition[],
  filling: Filling,
): boolean {
  return list
    .filter((each) => canHold(each, filling))
    .some(({ name, subAttributes }) => {
      const value = members[name];
      if (value === undefined || subAttributes === undefined) return value !== undefined;
      const elements = Array.isArray(value) ? value : [value];
      return elements.some((element) => hasOwn(element, subAttributes, filling));
    });
}

/** Resources of a type, with names and URNs as the type has them. */
export function resourcesOf(type: ResourceType, filling: Filling): fc.Arbitrary<Record<string, unknown>> {
  const extensions = type.extensions.map(({ schema, required }) => {
    const data = membersOf(schema.attributes, filling);
    if (!required) return fc.option(data, { nil: undefined });
    // Something that is the client's must be in it, where the client can write anything.
    return data.filter(
      (members) =>
        !schema.attributes.some((each) => canHold(each, filling)) || hasOwn(members, schema.attributes, filling),
    );
  });
  return fc.tuple(membersOf(type.schema.attributes, filling), ...extensions).map(([core, ...parts]) => {
    const resource: Record<string, unknown> = { ...core };
    for (const [position, data] of parts.entries()) {
      const urn = type.extensions[position]?.schema.id;
      if (urn !== undefined && data !== undefined && Object.keys(data).length > 0) resource[urn] = data;
    }
    return { schemas: [CORE, ...EXTENSIONS.filter((urn) => urn in resource)], ...resource };
  });
}
