import type { AttributeDefinition, ResourceType } from "../../src/schema/attributes/definition.ts";
import { sortedText } from "../schema/naive-resource.ts";
import type { Equality, PlainOperation, Spot } from "./arbitrary-operations.ts";

/** That an operation cannot be done. */
export class Refused extends Error {}

type Members = Record<string, unknown>;
type Definitions = readonly AttributeDefinition[];
type AttributeSpot = Extract<Spot, { kind: "attribute" }>;
type Mode = "add" | "replace";

function refuse(if_: boolean, why: string): void {
  if (if_) throw new Refused(why);
}

function nothing(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.values(value).every(nothing);
}

function isNone(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/**
 * RFC 7644 section 3.5.2 as slowly and plainly as it can be said, for attributes that are no references and have no
 * `primary`: every operation on a copy of all, every element compared with every other.
 */
export function naivePatch(resource: Members, operations: readonly PlainOperation[], type: ResourceType): Members {
  const after = structuredClone(resource);
  for (const operation of operations) naiveOperation(after, operation, type);
  for (const { schema } of type.extensions) {
    if (nothing(after[schema.id])) delete after[schema.id];
    else if (nothing(resource[schema.id])) complete(schema.attributes, after[schema.id] as Members);
  }
  const present = type.extensions.map(({ schema }) => schema.id).filter((urn) => after[urn] !== undefined);
  return { ...after, schemas: [type.schema.id, ...present] };
}

/** Refuses what lacks something that must be there. Secrets are not kept, so nobody knows whether they are there. */
function complete(definitions: Definitions, members: Members): void {
  for (const { name, required, mutability, returned, subAttributes: subs } of definitions) {
    const settable =
      mutability !== "readOnly" && (subs === undefined || subs.some((sub) => sub.mutability !== "readOnly"));
    const hidden = returned === "never" || subs?.some((sub) => sub.returned === "never");
    if (!required || !settable) continue;
    refuse(members[name] === undefined && !hidden, `${name} is required`);
    refuse(members[name] === "", `${name} is empty`);
  }
}

function naiveOperation(resource: Members, { op, spot, value }: PlainOperation, type: ResourceType): void {
  if (spot.kind === "attribute") {
    if (spot.urn !== undefined && resource[spot.urn] === undefined) resource[spot.urn] = {};
    const container = spot.urn === undefined ? resource : (resource[spot.urn] as Members);
    if (op === "remove") remove(container, spot);
    else assign(container, spot, op, value);
    return;
  }
  const urn = spot.kind === "extension" ? spot.urn : undefined;
  const schema = urn === undefined ? type.schema : type.extensions.find((each) => each.schema.id === urn)?.schema;
  if (op === "remove" || (op === "replace" && value === null)) {
    dropExtension(resource, urn ?? "", type);
  } else if (value !== null) {
    for (const [name, part] of Object.entries(value as Members)) {
      const attribute = schema?.attributes.find((each) => each.name === name);
      if (attribute === undefined) throw new Error("the test is wrong");
      const inner: Spot = { kind: "attribute", urn, attribute, equality: undefined, sub: undefined };
      naiveOperation(resource, { op, spot: inner, value: part }, type);
    }
  }
}

function dropExtension(resource: Members, urn: string, type: ResourceType): void {
  const extension = type.extensions.find(({ schema }) => schema.id === urn);
  refuse(extension?.required === true, "a required extension");
  const data = (resource[urn] ?? {}) as Members;
  for (const attribute of extension?.schema.attributes ?? []) {
    const isThere = !nothing(data[attribute.name]);
    refuse(isThere && (attribute.mutability === "readOnly" || attribute.mutability === "immutable"), "fixed");
    refuseLoss(attribute, data[attribute.name]);
  }
  delete resource[urn];
}

/** A single complex value with an immutable part cannot go. */
function refuseLoss(attribute: AttributeDefinition, value: unknown): void {
  if (attribute.multiValued || attribute.subAttributes === undefined || nothing(value)) return;
  for (const sub of attribute.subAttributes) {
    refuse(sub.mutability === "immutable" && !nothing((value as Members)[sub.name]), "an immutable part");
  }
}

function clear(container: Members, attribute: AttributeDefinition): void {
  refuse(attribute.required, "required");
  refuse(attribute.mutability === "immutable" && !nothing(container[attribute.name]), "immutable");
  refuseLoss(attribute, container[attribute.name]);
  delete container[attribute.name];
}

function assign(container: Members, spot: AttributeSpot, mode: Mode, value: unknown): void {
  const { attribute, sub } = spot;
  refuse(attribute.mutability === "readOnly" || sub?.mutability === "readOnly", "read-only");
  const before = structuredClone(container[attribute.name]);
  if (attribute.multiValued) assignList(container, spot, mode, value);
  else if (sub !== undefined) put(container, attribute, setPart((before ?? {}) as Members, sub, mode, value));
  else if (isNone(value)) {
    if (mode === "replace") clear(container, attribute);
  } else if (attribute.subAttributes === undefined) {
    refuse(attribute.required && value === "", "empty");
    container[attribute.name] = value;
  } else put(container, attribute, merge(attribute, (before ?? {}) as Members, mode, value as Members));
  const changed = !nothing(before) && sortedText(before) !== sortedText(container[attribute.name]);
  refuse(attribute.mutability === "immutable" && changed, "immutable");
  refuse(attribute.required && isNone(value) && nothing(container[attribute.name]), "required");
}

function put(container: Members, attribute: AttributeDefinition, value: Members): void {
  if (nothing(value)) {
    if (!nothing(container[attribute.name])) clear(container, attribute);
    return;
  }
  complete(attribute.subAttributes ?? [], value);
  container[attribute.name] = value;
}

function merge(attribute: AttributeDefinition, present: Members, mode: Mode, value: Members): Members {
  let merged = { ...present };
  for (const sub of attribute.subAttributes ?? []) {
    if (sub.mutability !== "readOnly" && sub.name in value) merged = setPart(merged, sub, mode, value[sub.name]);
  }
  return merged;
}

function setPart(present: Members, sub: AttributeDefinition, mode: Mode, value: unknown): Members {
  if (isNone(value) && mode === "add") return present;
  const old = present[sub.name];
  const { [sub.name]: _, ...rest } = present;
  if (isNone(value)) {
    refuse(sub.mutability === "immutable" && !nothing(old), "immutable");
    return rest;
  }
  let next = value;
  if (sub.multiValued) {
    const kept = mode === "add" && Array.isArray(old) ? old : [];
    next = [...kept, ...(Array.isArray(value) ? value : [value])].filter(
      (each, index, all) => all.indexOf(each) === index,
    );
  } else refuse(sub.required && value === "", "empty");
  refuse(sub.mutability === "immutable" && !nothing(old) && sortedText(old) !== sortedText(next), "immutable");
  return { ...rest, [sub.name]: next };
}

function read(attribute: AttributeDefinition, value: unknown): unknown {
  if (attribute.subAttributes === undefined) return value;
  return whole(attribute, merge(attribute, {}, "replace", value as Members));
}

function whole(attribute: AttributeDefinition, element: Members): Members {
  refuse(Object.keys(element).length === 0, "nothing in it");
  complete(attribute.subAttributes ?? [], element);
  return element;
}

/** What of an element is the client's: two elements that agree in it are one. */
function own(attribute: AttributeDefinition, element: unknown): string {
  if (attribute.subAttributes === undefined) return sortedText(element);
  const parts = attribute.subAttributes.filter(
    ({ mutability, returned }) => mutability !== "readOnly" && returned !== "never",
  );
  return sortedText(Object.fromEntries(parts.map(({ name }) => [name, (element as Members)[name]])));
}

function addTo(list: readonly unknown[], attribute: AttributeDefinition, element: unknown): unknown[] {
  const isSame = (each: unknown) => own(attribute, each) === own(attribute, element);
  if (!list.some(isSame)) return [...list, element];
  if (attribute.subAttributes === undefined) return [...list];
  const first = list.findIndex(isSame);
  return list.map((each, position) =>
    position === first ? { ...some(each, attribute, () => true), ...some(element, attribute, isNeverKept) } : each,
  );
}

function isNeverKept({ returned }: AttributeDefinition): boolean {
  return returned === "never";
}

/** Some parts of an element, or all. */
function some(element: unknown, attribute: AttributeDefinition, keeps: (sub: AttributeDefinition) => boolean): Members {
  const subs = attribute.subAttributes?.filter(keeps) ?? [];
  const entries = subs.map(({ name }) => [name, (element as Members)[name]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function assignList(container: Members, spot: AttributeSpot, mode: Mode, value: unknown): void {
  const { attribute, sub, equality } = spot;
  const list = (container[attribute.name] ?? []) as unknown[];
  const keep = (next: readonly unknown[]) => {
    if (next.length === 0) delete container[attribute.name];
    else container[attribute.name] = next;
  };
  if (equality === undefined && sub === undefined) {
    if (isNone(value)) {
      if (mode === "replace") clear(container, attribute);
      return;
    }
    const given = (Array.isArray(value) ? value : [value]).map((each) => read(attribute, each));
    const labelled = given.map((each) => withLabels(attribute, list, each));
    keep(
      (mode === "add" ? given : labelled).reduce<unknown[]>(
        (all, each) => addTo(all, attribute, each),
        mode === "add" ? list : [],
      ),
    );
    return;
  }
  const isChosen = (each: unknown) => equality === undefined || matches(attribute, equality, each);
  if (!list.some(isChosen)) {
    const made = makeElement(spot, mode, value);
    if (made !== undefined) keep(addTo(list, attribute, made));
  } else if (sub !== undefined) {
    const next = list.map((each) => (isChosen(each) ? setPart(each as Members, sub, mode, value) : each));
    const left = next.filter((each) => !nothing(each) || Object.keys(each as object).length > 0);
    for (const [position, each] of next.entries()) {
      if (isChosen(list[position]) && Object.keys(each as object).length > 0) whole(attribute, each as Members);
    }
    keep(left);
  } else if (mode === "replace") {
    keep(replaceChosen(list, isChosen, attribute, read(attribute, value)));
  } else if (attribute.subAttributes !== undefined) {
    keep(
      list.map((each) =>
        isChosen(each) ? whole(attribute, merge(attribute, each as Members, "add", value as Members)) : each,
      ),
    );
  } else {
    keep(list.filter(isChosen).reduce<unknown[]>((all, each) => replaceOne(all, each, attribute, value), [...list]));
  }
}

function withLabels(attribute: AttributeDefinition, list: readonly unknown[], element: unknown): unknown {
  const same = list.find((each) => own(attribute, each) === own(attribute, element));
  const isReadOnly = ({ mutability }: AttributeDefinition) => mutability === "readOnly";
  return same === undefined || attribute.subAttributes === undefined
    ? element
    : { ...some(same, attribute, isReadOnly), ...(element as object) };
}

/** The first of the chosen gives its place; an element that is there already stays where it is. */
function replaceChosen(
  list: readonly unknown[],
  isChosen: (element: unknown) => boolean,
  attribute: AttributeDefinition,
  element: unknown,
): unknown[] {
  const first = list.findIndex(isChosen);
  const others = list.filter((each, position) => position !== first && !isChosen(each));
  return addTo(others, attribute, element);
}

function replaceOne(
  list: readonly unknown[],
  old: unknown,
  attribute: AttributeDefinition,
  element: unknown,
): unknown[] {
  const others = [...list];
  others.splice(others.indexOf(old), 1);
  return addTo(others, attribute, element);
}

/** An `add` through an equality that nothing has makes the element; without brackets a part makes it too. */
function makeElement({ attribute, sub, equality }: AttributeSpot, mode: Mode, value: unknown): unknown {
  if (equality !== undefined) {
    refuse(mode === "replace" || equality.sub === undefined || equality.sub.mutability === "readOnly", "no target");
  }
  if (isNone(value)) return undefined;
  const key = equality?.sub;
  const given: Members = key === undefined ? {} : { [key.name]: key.multiValued ? [equality?.value] : equality?.value };
  if (sub !== undefined) return whole(attribute, setPart(given, sub, "replace", value));
  return whole(attribute, merge(attribute, given, "replace", value as Members));
}

function remove(container: Members, { attribute, sub, equality }: AttributeSpot): void {
  refuse(attribute.mutability === "readOnly" || sub?.mutability === "readOnly", "read-only");
  if (sub === undefined && equality === undefined) {
    clear(container, attribute);
    return;
  }
  refuse(sub?.required === true, "required");
  const present = container[attribute.name];
  if (!attribute.multiValued) {
    if (nothing(present) || sub === undefined) return;
    const next = setPart(present as Members, sub, "replace", null);
    if (Object.keys(next).length === 0) clear(container, attribute);
    else container[attribute.name] = next;
    return;
  }
  const left = ((present ?? []) as unknown[]).flatMap((each) => {
    if (equality !== undefined && !matches(attribute, equality, each)) return [each];
    if (sub === undefined) return [];
    const next = setPart(each as Members, sub, "replace", null);
    return Object.keys(next).length === 0 ? [] : [whole(attribute, next)];
  });
  refuse(left.length === 0 && attribute.required, "required");
  refuse(
    attribute.mutability === "immutable" && !nothing(present) && sortedText(left) !== sortedText(present),
    "immutable",
  );
  if (left.length === 0) delete container[attribute.name];
  else container[attribute.name] = left;
}

function matches(attribute: AttributeDefinition, { sub, value }: Equality, element: unknown): boolean {
  const compared = sub ?? attribute;
  const held = sub === undefined ? element : (element as Members)[sub.name];
  const values = Array.isArray(held) ? held : held === undefined ? [] : [held];
  return values.some((each) => form(compared, each) === form(compared, value));
}

function form({ type, caseExact }: AttributeDefinition, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (type === "dateTime") return Date.parse(value);
  return caseExact || type === "binary" ? value : value.normalize("NFKC").toLowerCase().normalize("NFC");
}
