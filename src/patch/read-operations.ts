import { InvalidSyntaxError } from "../errors/request-errors.ts";
import { parsePath } from "../path/parse-path.ts";
import { printPath } from "../path/print.ts";
import type { FilterLeniencies } from "../path/tree.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import { isObject } from "../values/is-object.ts";
import type { Dialect, Operation } from "./dialect.ts";
import { leniencies } from "./leniencies.ts";
import { inOperation } from "./operation-errors.ts";

/** What was read, and the names of the dialect's transforms that saw their mark, each once. */
export interface ReadOperations {
  readonly operations: Operation[];
  readonly transforms: string[];
}

/** What goes along while a request is read. */
interface Reading {
  readonly dialect: Dialect | undefined;
  /** Names of the transforms that saw their mark. */
  readonly seen: Set<string>;
}

/**
 * Reads a list of operations, without the message around it. An empty list is none.
 *
 * @throws {InvalidSyntaxError} when it is no list, or an operation is none
 * @throws {InvalidPathError} or `InvalidFilterError` for a path that cannot be read
 */
export function readOperations(list: unknown, type: ResourceType, dialect?: Dialect): ReadOperations {
  if (!Array.isArray(list)) throw new InvalidSyntaxError("Operations must be a list");
  const seen = new Set<string>();
  const grammar = leniencies(dialect);
  const operations = list.flatMap((raw: unknown, index) =>
    inOperation(index, () =>
      transformOperation(readMembers(raw), type, { dialect, seen }).map((operation) =>
        toOperation(operation, index, (path) => canonicalPath(path, grammar, { dialect, seen })),
      ),
    ),
  );
  return { operations, transforms: [...seen] };
}

/** Only what the RFC defines: what a transform adds cannot come from outside, and other members are ignored. */
function readMembers(raw: unknown): Record<string, unknown> {
  if (!isObject(raw)) throw new InvalidSyntaxError("an operation must be an object");
  const members: Record<string, unknown> = {};
  for (const name of ["op", "path", "value"]) if (Object.hasOwn(raw, name)) members[name] = raw[name];
  if (typeof members.op !== "string") throw new InvalidSyntaxError("op must be add, remove or replace");
  return members;
}

function transformOperation(
  operation: Readonly<Record<string, unknown>>,
  type: ResourceType,
  { dialect, seen }: Reading,
): readonly Readonly<Record<string, unknown>>[] {
  let pieces: readonly Readonly<Record<string, unknown>>[] = [operation];
  for (const transform of dialect?.transforms ?? []) {
    if (transform.operation === undefined) continue;
    const changed = pieces.map((piece) => transform.operation?.(piece, { type }));
    if (changed.every((change) => change === undefined)) continue;
    seen.add(transform.name);
    pieces = pieces.flatMap((piece, position) => changed[position] ?? [piece]);
  }
  return pieces;
}

function toOperation(
  raw: Readonly<Record<string, unknown>>,
  index: number,
  readPath: (path: string) => string,
): Operation {
  const { op, path, value, createTarget, removeValues } = raw;
  if (path !== undefined && path !== null && typeof path !== "string") {
    throw new InvalidSyntaxError("path must be a string");
  }
  return {
    op: readOp(op),
    ...(typeof path === "string" ? { path: readPath(path) } : {}),
    ...(value === undefined ? {} : { value }),
    index,
    ...(createTarget === true ? { createTarget } : {}),
    ...(isTextList(removeValues) ? { removeValues } : {}),
  };
}

function readOp(op: unknown): Operation["op"] {
  const word = typeof op === "string" ? op.toLowerCase() : undefined;
  if (word === "add" || word === "remove" || word === "replace") return word;
  throw new InvalidSyntaxError("op must be add, remove or replace");
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

/** A path that needs the dialect's grammar is written anew in the RFC's, so that nothing behind this needs a dialect. */
function canonicalPath(path: string, grammar: FilterLeniencies, { dialect, seen }: Reading): string {
  const used = new Set<keyof FilterLeniencies>();
  const parsed = parsePath(path, { leniencies: grammar, onLeniency: (name) => used.add(name) });
  if (used.size === 0) return path;
  for (const { name, filter } of dialect?.transforms ?? [])
    if (filter !== undefined && used.has(filter)) seen.add(name);
  return printPath(parsed);
}
