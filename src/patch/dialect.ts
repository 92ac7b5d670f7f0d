import type { LiteralCoercions } from "../filter/fit-literal.ts";
import type { FilterLeniencies, PatchPath } from "../path/tree.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import type { LocatedPath } from "./request-paths.ts";

/**
 * One operation of a PATCH request in the one form `applyPatch` works on. What a vendor meant beyond the RFC is said by
 * the optional members, which only a dialect's transform sets.
 */
export interface Operation {
  readonly op: "add" | "remove" | "replace";
  readonly path?: string;
  readonly value?: unknown;
  /** Place in the request, from 0; errors name it. Operations that a transform split keep the number of the original. */
  readonly index: number;
  /** Where the path's filter matches nothing, make an element of its equality terms instead of failing with `noTarget`. */
  readonly createTarget?: boolean;
  /** For `remove`: remove only the elements whose `value` is one of these. */
  readonly removeValues?: readonly string[];
}

/** The resource type of a request, and its paths: each text is parsed once, however many transforms ask for it. */
export interface TransformContext {
  readonly type: ResourceType;
  /** Parses a path in any grammar that a dialect can have; undefined for a text that is not a path. */
  parse(text: string): PatchPath | undefined;
  /** Looks up what a path names; undefined for a value that is not a path, and for a path that names no attribute. */
  locate(path: unknown): LocatedPath | undefined;
}

/**
 * One quirk of one identity provider: its detector and what is made of it.
 *
 * A transform returns `undefined` where it does not see its mark; then the request is read as the RFC says.
 */
export interface Transform {
  /** Unique, kebab-case: what options and events call it. */
  readonly name: string;
  /** One sentence: who sends this, and what is meant. */
  readonly why: string;
  /** Where that can be read. */
  readonly link: string;
  /** A leniency of the filter grammar this quirk needs. */
  readonly filter?: keyof FilterLeniencies;
  /** A coercion of the literals in filters this quirk needs. */
  readonly literal?: keyof LiteralCoercions;
  /** Looks at the body of a PATCH request before its operations are read. */
  readonly message?: (
    body: Readonly<Record<string, unknown>>,
    context: TransformContext,
  ) => Record<string, unknown> | undefined;
  /** Looks at one raw operation; one may become several or none. */
  readonly operation?: (
    operation: Readonly<Record<string, unknown>>,
    context: TransformContext,
  ) => readonly Record<string, unknown>[] | undefined;
  /** Looks at the body of a POST or PUT. */
  readonly resource?: (
    resource: Readonly<Record<string, unknown>>,
    context: TransformContext,
  ) => Record<string, unknown> | undefined;
}

/** What one kind of client sends, as data: a named list of transforms, applied in order. */
export interface Dialect {
  readonly name: string;
  readonly transforms: readonly Transform[];
}
