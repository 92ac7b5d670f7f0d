import { InvalidSyntaxError } from "../errors/request-errors.ts";
import type { Dialect } from "../patch/dialect.ts";
import { RequestPaths } from "../patch/request-paths.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import { compatible } from "./compatible.ts";
import { strict } from "./strict.ts";

/** The names of the dialects. */
export type DialectName = "strict" | "compatible";

const DIALECTS: Readonly<Record<DialectName, Dialect>> = { strict, compatible };

/**
 * The dialect of that name.
 *
 * @throws {TypeError} for any other name
 */
export function dialectNamed(name: DialectName): Dialect {
  if (Object.hasOwn(DIALECTS, name)) return DIALECTS[name];
  throw new TypeError(`There is no dialect called ${name}; known dialects: ${Object.keys(DIALECTS).join(", ")}`);
}

/**
 * A dialect with transforms of `compatible` switched on or off by name.
 *
 * @throws {TypeError} for a name that no transform has
 */
export function withTransforms(
  dialect: Dialect,
  changes: { readonly on?: readonly string[]; readonly off?: readonly string[] },
): Dialect {
  const { on = [], off = [] } = changes;
  const own = dialect.transforms.filter((transform) => !compatible.transforms.includes(transform));
  const known = new Set([...compatible.transforms, ...own].map(({ name }) => name));
  for (const name of [...on, ...off]) {
    if (!known.has(name)) throw new TypeError(`There is no transform called ${name}`);
  }
  // In the order of `compatible`, whatever the order of the arguments.
  const shared = compatible.transforms.filter(
    (transform) => dialect.transforms.includes(transform) || on.includes(transform.name),
  );
  return { name: dialect.name, transforms: [...shared, ...own].filter(({ name }) => !off.includes(name)) };
}

/** The body of a POST or PUT in the form of the RFC, and the names of the transforms that it needed. */
export interface TransformedResource {
  readonly body: Record<string, unknown>;
  readonly transforms: string[];
  /** The names of attributes and URNs that were dropped, at most 20. */
  readonly dropped: readonly string[];
}

/**
 * Applies a dialect's transforms to the body of a POST or PUT. It is validated after this.
 *
 * @throws {InvalidSyntaxError} when it is not an object
 */
export function transformResource(dialect: Dialect, body: unknown, type: ResourceType): TransformedResource {
  if (!isObject(body)) throw new InvalidSyntaxError("The resource must be a JSON object");
  const transforms: string[] = [];
  const context = new RequestPaths(type);
  let current = withSchemas(body);
  for (const { name, resource } of dialect.transforms) {
    const changed = resource?.(current, context);
    if (changed === undefined) continue;
    transforms.push(name);
    current = changed;
  }
  return { body: current, transforms, dropped: context.dropped };
}

/**
 * Gives `schemas` exactly that name, which transforms look for: in the RFC any case is valid (RFC 7643 section 2.1).
 */
function withSchemas(body: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(body).filter((name) => name.toLowerCase() === "schemas");
  const [name] = names;
  if (name === undefined || name === "schemas" || names.length > 1) return body;
  const { [name]: schemas, ...rest } = body;
  return { schemas, ...rest };
}
