import fc from "fast-check";
import type { AttributeDefinition, ResourceType } from "../../src/schema/attributes/definition.ts";
import { anyValueOf, elementOf, type Filling, scalarOf } from "../schema/arbitrary-type.ts";

/** An equality between the brackets of a path; without `sub` it speaks of the element itself. */
export interface Equality {
  readonly sub: AttributeDefinition | undefined;
  readonly value: unknown;
}

/** Where an operation works, as a thing rather than a text. */
export type Spot =
  | { readonly kind: "resource" }
  | { readonly kind: "extension"; readonly urn: string }
  | {
      readonly kind: "attribute";
      readonly urn: string | undefined;
      readonly attribute: AttributeDefinition;
      readonly equality: Equality | undefined;
      readonly sub: AttributeDefinition | undefined;
    };

/** An operation of a PATCH that bears no vendor's mark. Its values have the right types; it may fail all the same. */
export interface PlainOperation {
  readonly op: "add" | "replace" | "remove";
  readonly spot: Spot;
  readonly value: unknown;
}

/** As a client writes it. */
export function printOperation({ op, spot, value }: PlainOperation): Record<string, unknown> {
  const path = spot.kind === "resource" ? undefined : spot.kind === "extension" ? spot.urn : printSpot(spot);
  return { op, ...(path === undefined ? {} : { path }), ...(op === "remove" ? {} : { value }) };
}

function printSpot(spot: Extract<Spot, { kind: "attribute" }>): string {
  const { urn, attribute, equality, sub } = spot;
  const brackets = equality && `[${equality.sub?.name ?? "value"} eq ${JSON.stringify(equality.value)}]`;
  return `${urn === undefined ? "" : `${urn}:`}${attribute.name}${brackets ?? ""}${sub === undefined ? "" : `.${sub.name}`}`;
}

const ANY: Filling = { readOnly: true, secrets: true };
const MODES = fc.constantFrom("add" as const, "replace" as const);

interface Placed {
  readonly urn: string | undefined;
  readonly attribute: AttributeDefinition;
}

/** Operations on a resource of the type. */
export function operationsOn(type: ResourceType): fc.Arbitrary<PlainOperation> {
  const places: Placed[] = [
    ...type.schema.attributes.map((attribute) => ({ urn: undefined, attribute })),
    ...type.extensions.flatMap(({ schema }) => schema.attributes.map((attribute) => ({ urn: schema.id, attribute }))),
  ];
  const urns = type.extensions.map(({ schema }) => schema.id);
  const some = (list: readonly Placed[]) =>
    fc
      .subarray([...list], { minLength: 1, maxLength: Math.min(2, list.length) })
      .chain((chosen) =>
        fc
          .tuple(...chosen.map(({ attribute }) => valueFor(attribute)))
          .map((values) =>
            Object.fromEntries(values.map((value, index) => [chosen[index]?.attribute.name ?? "", value])),
          ),
      );
  const ofResource = operation(
    fc.constant<Spot>({ kind: "resource" }),
    some(places.filter(({ urn }) => urn === undefined)),
  );
  const ofExtension = urns.map((urn) =>
    fc.oneof(
      operation(fc.constant<Spot>({ kind: "extension", urn }), some(places.filter((place) => place.urn === urn))),
      removal(fc.constant<Spot>({ kind: "extension", urn })),
      operation(fc.constant<Spot>({ kind: "extension", urn }), fc.constant(null)),
    ),
  );
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...places).chain(ofAttribute) },
    { weight: 1, arbitrary: fc.oneof(ofResource, ...ofExtension) },
  );
}

function operation(spot: fc.Arbitrary<Spot>, value: fc.Arbitrary<unknown>): fc.Arbitrary<PlainOperation> {
  return fc.record({ op: MODES, spot, value });
}

function removal(spot: fc.Arbitrary<Spot>): fc.Arbitrary<PlainOperation> {
  return fc.record({ op: fc.constant("remove" as const), spot, value: fc.constant(undefined) });
}

function valueFor(attribute: AttributeDefinition): fc.Arbitrary<unknown> {
  const one = anyValueOf(attribute, ANY);
  const alone = attribute.multiValued ? [elementOf(attribute, ANY)] : [];
  return fc.oneof({ weight: 5, arbitrary: one }, { weight: 1, arbitrary: fc.oneof(fc.constant(null), one, ...alone) });
}

function ofAttribute({ urn, attribute }: Placed): fc.Arbitrary<PlainOperation> {
  const spot = (rest: Partial<Extract<Spot, { kind: "attribute" }>>): Spot => ({
    kind: "attribute",
    urn,
    attribute,
    equality: undefined,
    sub: undefined,
    ...rest,
  });
  const whole = fc.constant(spot({}));
  const kinds = [operation(whole, valueFor(attribute)), removal(whole)];
  const subs = attribute.subAttributes ?? [];
  for (const sub of subs) {
    const at = fc.constant(spot({ sub }));
    kinds.push(operation(at, valueFor(sub)), removal(at));
  }
  // Nobody can search by what is never returned.
  if (!attribute.multiValued || attribute.returned === "never") return fc.oneof(...kinds);
  const compared = subs.length === 0 ? [undefined] : subs.filter(({ returned }) => returned !== "never");
  for (const key of compared) {
    const equality = scalarOf(key ?? attribute).map((value) => ({ sub: key, value }));
    const chosen = equality.map((each) => spot({ equality: each }));
    kinds.push(operation(chosen, elementOf(attribute, ANY)), removal(chosen));
    if (subs.length === 0) continue;
    const part = fc
      .tuple(equality, fc.constantFrom(...subs))
      .chain(([each, sub]) =>
        fc.oneof(
          operation(fc.constant(spot({ equality: each, sub })), valueFor(sub)),
          removal(fc.constant(spot({ equality: each, sub }))),
        ),
      );
    kinds.push(part);
  }
  return fc.oneof(...kinds);
}
