import { InvalidSyntaxError } from "../errors/request-errors.ts";
import type { LiteralCoercions } from "../filter/fit-literal.ts";
import { printPath } from "../path/print.ts";
import type { FilterLeniencies } from "../path/tree.ts";
import { isObject } from "../values/is-object.ts";
import type { Dialect, Operation } from "./dialect.ts";
import { fitPath } from "./fit-path.ts";
import { leniencies, literalCoercions } from "./leniencies.ts";
import { inOperation } from "./operation-errors.ts";
import type { RequestPaths } from "./request-paths.ts";

/** The operations of a request. */
export interface ReadOperations {
  readonly operations: Operation[];
  /** The names of the dialect's transforms that the request needed, each once. */
  readonly transforms: string[];
}

/** What stays the same while the operations of a request are read. */
interface Reading {
  readonly dialect: Dialect | undefined;
  readonly grammar: FilterLeniencies;
  readonly coercions: LiteralCoercions;
  readonly paths: RequestPaths;
  /** The names of the transforms that the request needed. */
  readonly seen: Set<string>;
}

/**
 * Reads a list of operations, without the message around it. The list may be empty.
 *
 * @throws {InvalidSyntaxError} when it is not a list, or an operation is not valid
 * @throws {InvalidPathError} or `InvalidFilterError` for a path that is not valid
 */
export function readOperations(list: unknown, paths: RequestPaths, dialect?: Dialect): ReadOperations {
  if (!Array.isArray(list)) throw new InvalidSyntaxError("Operations must be a list");
  const seen = new Set<string>();
  const reading = { dialect, grammar: leniencies(dialect), coercions: literalCoercions(dialect), paths, seen };
  const operations = list.flatMap((raw: unknown, index) =>
    inOperation(index, () =>
      transformOperation(readMembers(raw), reading).map((operation) => toOperation(operation, index, reading)),
    ),
  );
  return { operations, transforms: [...reading.seen] };
}

/** Only the members that the RFC defines: a client must not send those that transforms add, and others are ignored. */
function readMembers(raw: unknown): Record<string, unknown> {
  if (!isObject(raw)) throw new InvalidSyntaxError("an operation must be an object");
  const members: Record<string, unknown> = {};
  for (const name of ["op", "path", "value"]) if (Object.hasOwn(raw, name)) members[name] = raw[name];
  if (typeof members.op !== "string") throw new InvalidSyntaxError("op must be add, remove or replace");
  return members;
}

function transformOperation(
  operation: Readonly<Record<string, unknown>>,
  { dialect, paths, seen }: Reading,
): readonly Readonly<Record<string, unknown>>[] {
  let pieces: readonly Readonly<Record<string, unknown>>[] = [operation];
  for (const transform of dialect?.transforms ?? []) {
    if (transform.operation === undefined) continue;
    const changed = pieces.map((piece) => transform.operation?.(piece, paths));
    if (changed.every((change) => change === undefined)) continue;
    seen.add(transform.name);
    pieces = pieces.flatMap((piece, position) => changed[position] ?? [piece]);
  }
  return pieces;
}

function toOperation(raw: Readonly<Record<string, unknown>>, index: number, reading: Reading): Operation {
  const { op, path, value, createTarget, removeValues } = raw;
  if (path !== undefined && path !== null && typeof path !== "string") {
    throw new InvalidSyntaxError("path must be a string");
  }
  return {
    op: readOp(op),
    path: typeof path === "string" ? canonicalPath(path, reading) : undefined,
    value,
    index,
    createTarget: createTarget === true || undefined,
    removeValues: isTextList(removeValues) ? removeValues : undefined,
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

/** A path that needs the dialect's grammar is printed in that of the RFC, so that applying operations needs no dialect. */
function canonicalPath(text: string, { dialect, grammar, coercions, paths, seen }: Reading): string {
  const { path, used } = paths.parseIn(grammar, text);
  const needed = new Set<string>(used);
  const place = path.filter === undefined ? undefined : paths.locate(text);
  const fitted =
    place && fitPath({ ...place, path }, { type: paths.type, coercions, onCoerce: (name) => needed.add(name) });
  if (needed.size === 0) return text;
  for (const { name, filter, literal } of dialect?.transforms ?? []) {
    if (needed.has(filter ?? "") || needed.has(literal ?? "")) seen.add(name);
  }
  return printPath(fitted ?? path);
}
