import { PayloadTooLargeError } from "../../errors/request-errors.ts";
import type { PendingMember } from "../../patch/pending-member.ts";
import { indexOf } from "../../schema/attributes/attribute-index.ts";
import type { AttributeDefinition, ResourceType } from "../../schema/attributes/definition.ts";
import { isReference } from "../../schema/attributes/reference.ts";
import { isObject } from "../../values/is-object.ts";
import { utf8Length } from "../../values/utf8-length.ts";
import { spendBytes } from "../../work/spend-bytes.ts";
import type { RequestContext } from "../requests/context.ts";
import type { ServerLimits } from "../requests/limits.ts";
import type { Write } from "../requests/write.ts";
import { membersAttribute } from "./membership.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** The size of a value: the bytes of its JSON without escapes, and those of its longest text. */
interface Size {
  bytes: number;
  longest: number;
}

/** An attribute of a resource, with its path in errors. */
interface Attribute {
  readonly path: string;
  readonly value: unknown;
  readonly definition: AttributeDefinition | undefined;
}

/**
 * Refuses a write that makes a resource too large: a text, the values of an attribute, or all of it without members.
 * A resource that is too large already, since the limits were higher before, can still be changed, but not grow.
 *
 * @throws {PayloadTooLargeError} naming the attribute and the limit
 * @throws {TooManyError} when the request needs too much work
 */
export function requireAllowedSize(requestContext: RequestContext, write: Write): void {
  const { limits } = requestContext.context;
  for (const member of write.members?.add ?? []) requireAllowedMember(member, limits);
  if (write.after === undefined) return;
  const before = write.before?.attributes ?? {};
  let bytes = 0;
  for (const attribute of attributesOf(write.type, write.after.attributes)) {
    const size = sizeOf(attribute.value);
    bytes += size.bytes;
    if (size.longest > limits.maxValueBytes || countOf(attribute) > limits.maxValues) {
      requireNoGrowth(attribute, size, { limits, before: attributeAt(write.type, before, attribute.path) });
    }
  }
  spendBytes(requestContext.work, bytes, "writing the resource");
  const { maxResourceBytes: limit } = limits;
  if (bytes <= limit || bytes <= bytesOf(write.type, before)) return;
  throw new PayloadTooLargeError(
    `The resource would have ${bytes} bytes, which exceeds maxResourceBytes (${limit}); members are not counted`,
    { limit },
  );
}

function requireAllowedMember({ value, display = "" }: PendingMember, { maxValueBytes: limit }: ServerLimits): void {
  const longest = Math.max(utf8Length(value), utf8Length(display));
  if (longest > limit) throw tooLong("members", longest, limit);
}

function requireNoGrowth(
  { path, value, definition }: Attribute,
  { longest }: Size,
  { limits, before }: { readonly limits: ServerLimits; readonly before: unknown },
): void {
  const { maxValues, maxValueBytes } = limits;
  const count = countOf({ path, value, definition });
  if (count > maxValues && count > countOf({ path, value: before, definition })) {
    const detail = `${path} would have ${count} values, which exceeds maxValues (${maxValues})`;
    throw new PayloadTooLargeError(detail, { limit: maxValues });
  }
  if (longest > maxValueBytes && longest > sizeOf(before).longest) throw tooLong(path, longest, maxValueBytes);
}

function tooLong(path: string, longest: number, limit: number): PayloadTooLargeError {
  return new PayloadTooLargeError(
    `${path} would have a value of ${longest} bytes, which exceeds maxValueBytes (${limit})`,
    { limit },
  );
}

/** The attributes of a resource and of its extensions, without its members. */
function* attributesOf(type: ResourceType, attributes: Attributes): Generator<Attribute> {
  const { core, schemas } = indexOf(type);
  const members = membersAttribute(type)?.name;
  for (const [name, value] of Object.entries(attributes)) {
    if (name === members) continue;
    const extension = isObject(value) ? schemas.get(name) : undefined;
    if (extension === undefined || !isObject(value)) {
      yield { path: name, value, definition: core.attributes.get(name) };
      continue;
    }
    for (const [inner, each] of Object.entries(value)) {
      yield { path: `${name}:${inner}`, value: each, definition: extension.attributes.get(inner) };
    }
  }
}

function attributeAt(type: ResourceType, attributes: Attributes, path: string): unknown {
  for (const attribute of attributesOf(type, attributes)) if (attribute.path === path) return attribute.value;
  return undefined;
}

function bytesOf(type: ResourceType, attributes: Attributes): number {
  let bytes = 0;
  for (const { value } of attributesOf(type, attributes)) bytes += sizeOf(value).bytes;
  return bytes;
}

/** The values of an attribute, except of one that refers to other resources. */
function countOf({ value, definition }: Attribute): number {
  if (!Array.isArray(value) || (definition !== undefined && isReference(definition))) return 0;
  return value.length;
}

function sizeOf(value: unknown): Size {
  const size: Size = { bytes: 0, longest: 0 };
  addTo(size, value);
  return size;
}

function addTo(size: Size, value: unknown): void {
  if (typeof value === "string") {
    const bytes = utf8Length(value);
    size.bytes += bytes + 3;
    size.longest = Math.max(size.longest, bytes);
  } else if (Array.isArray(value)) {
    for (const each of value) addTo(size, each);
  } else if (isObject(value)) {
    for (const name of Object.keys(value)) {
      size.bytes += name.length + 4;
      addTo(size, value[name]);
    }
  } else {
    size.bytes += 6;
  }
}
