import type { LiteralCoercions } from "../filter/fit-literal.ts";
import type { FilterLeniencies, PatchPath } from "../path/tree.ts";
import type { ResourceType } from "../schema/attributes/definition.ts";
import type { LocatedPath } from "./request-paths.ts";

/**
 * One operation of a PATCH request in the form that `applyPatch` works on. The last two members say what a vendor means
 * beyond the RFC; only the transforms of a dialect set them.
 */
export interface Operation {
  readonly op: "add" | "remove" | "replace";
  readonly path?: string;
  readonly value?: unknown;
  /**
   * Position in the request, from 0; errors name it. Operations that a transform split keep the position of the
   * original.
   */
  readonly index: number;
  /**
   * If the path's filter matches nothing, create an element from its equality terms instead of failing with `noTarget`.
   */
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
  /** Notes the name of what a transform drops, for the observer. */
  drop(name: string): void;
}

/**
 * One quirk of an identity provider: how to detect it, and how to read it.
 *
 * A transform returns `undefined` if it does not detect its quirk; then the request is read as the RFC says.
 */
export interface Transform {
  /** Its name in options and events: unique, in kebab case. */
  readonly name: string;
  /** One sentence: who sends this, and what is meant. */
  readonly why: string;
  /** Where this is documented. */
  readonly link: string;
  /** A leniency of the filter grammar this quirk needs. */
  readonly filter?: keyof FilterLeniencies;
  /** A coercion of the literals in filters this quirk needs. */
  readonly literal?: keyof LiteralCoercions;
  /** Rewrites the name of an attribute in a projection, `sortBy` or a filter: text without brackets. */
  readonly attributeName?: (text: string, context: TransformContext) => string | undefined;
  /** Rewrites the text of a filter before it is parsed. */
  readonly filterText?: (text: string) => string | undefined;
  /** Rewrites the body of a PATCH request before its operations are read. */
  readonly message?: (
    body: Readonly<Record<string, unknown>>,
    context: TransformContext,
  ) => Record<string, unknown> | undefined;
  /** Rewrites one raw operation; one may become several or none. */
  readonly operation?: (
    operation: Readonly<Record<string, unknown>>,
    context: TransformContext,
  ) => readonly Record<string, unknown>[] | undefined;
  /** Rewrites the body of a POST or PUT. */
  readonly resource?: (
    resource: Readonly<Record<string, unknown>>,
    context: TransformContext,
  ) => Record<string, unknown> | undefined;
}

/** The quirks of one kind of client, as data: a named list of transforms, applied in order. */
export interface Dialect {
  readonly name: string;
  readonly transforms: readonly Transform[];
}
