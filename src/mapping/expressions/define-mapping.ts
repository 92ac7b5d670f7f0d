import type { ResourceType } from "../../schema/attributes/definition.ts";
import type { TYPES } from "../../schema/attributes/typed.ts";
import { isObject } from "../../values/is-object.ts";
import type { Skip } from "./markers.ts";

/** What an expression sees, by name. */
export type MappingVariables = Readonly<Record<string, unknown>>;

/** What an expression may say: a part of the result, nothing (`undefined`, `null`), or that the object is left out. */
export type MappingResult = object | Skip | null | undefined;

/**
 * Turns variables into a part of the result, or into a promise of one; the same for the same variables. It never runs
 * inside a storage transaction.
 */
export type MappingExpression<V = MappingVariables> = (variables: V) => MappingResult | PromiseLike<MappingResult>;

/**
 * A language in which expressions can be written as text. `compile` is called once for a mapping, when it is defined;
 * what it returns does no I/O, ends, and reaches nothing but its variables.
 */
export interface ExpressionLanguage {
  readonly name: string;
  /** @throws whatever says why the text is not an expression of this language */
  compile(source: string): (variables: MappingVariables) => unknown;
}

/** A resource type whose resources are `V`. */
export interface TypeOf<V> extends ResourceType {
  readonly [TYPES]?: { readonly read: V; readonly sent: unknown };
}

/** Options of `defineMapping`. */
export interface MappingOptions<V = MappingVariables> {
  /** Unique among the mappings it is used with; mappings apply in the order of their names. */
  readonly name: string;
  /** A function, or text in `language`. */
  readonly expression: MappingExpression<V> | string;
  /** Needed exactly where `expression` is text. */
  readonly language?: ExpressionLanguage;
  /**
   * The resource type it is for: its name, such as `User`, or the type itself, whose resources are then the variables.
   *
   * @default every type it is used with
   */
  readonly resourceType?: string | TypeOf<V>;
  /** `create`: only when the object is made, so that later edits on the other side stand. @default "always" */
  readonly apply?: "always" | "create";
}

/** What a mapping is for: a `source` reads SCIM resources, a `provider` reads objects of a directory. */
export type MappingSide = "source" | "provider";

/**
 * A named expression that turns one side's object into a part of the other side's. Made by `defineMapping`, frozen.
 * `Side` says what accepts it; by default it is of neither side, and both accept it.
 */
export interface Mapping<Side extends MappingSide = never> {
  readonly name: string;
  readonly expression: (variables: MappingVariables) => unknown;
  readonly resourceType: string | undefined;
  readonly apply: "always" | "create";
  /** The side that it was defined for. Undefined for a mapping made by `defineMapping`, which either side accepts. */
  readonly side?: Side;
}

/** A mapping of any side. */
export type AnyMapping = Mapping<MappingSide>;

/**
 * Defines a mapping.
 *
 * The type of the variables is the caller's word: nothing checks it when the mapping runs.
 *
 * @example
 * ```ts
 * defineMapping<User>({
 *   name: "people: nickname",
 *   expression: ({ name }) => ({ displayName: name?.givenName }),
 * });
 * ```
 * @throws {TypeError} when an option is missing or wrong, or the text is not an expression of its language
 */
export function defineMapping<V = MappingVariables>(options: MappingOptions<V>): Mapping {
  return mappingOf(options);
}

/** As `defineMapping`, for one side if `side` is given. @throws {TypeError} when an option is missing or wrong */
export function mappingOf<V, Side extends MappingSide = never>(options: MappingOptions<V>, side?: Side): Mapping<Side> {
  const { name, apply = "always" } = options;
  const resourceType = isObject(options.resourceType) ? options.resourceType.name : options.resourceType;
  if (typeof name !== "string" || name.trim() === "") throw new TypeError("defineMapping: name must be a text");
  if (resourceType !== undefined && (typeof resourceType !== "string" || resourceType === "")) {
    throw new TypeError(`defineMapping: resourceType of "${name}" must be the name of a resource type`);
  }
  if (apply !== "always" && apply !== "create") {
    throw new TypeError(`defineMapping: apply of "${name}" must be "always" or "create"`);
  }
  return Object.freeze({ name, resourceType, apply, side, expression: compiled(options) });
}

function compiled<V>(options: MappingOptions<V>): Mapping["expression"] {
  const { name, expression, language } = options;
  if (typeof expression === "function") {
    if (language !== undefined)
      throw new TypeError(`defineMapping: "${name}" has a language but its expression is not a text`);
    return expression as Mapping["expression"];
  }
  if (typeof expression !== "string")
    throw new TypeError(`defineMapping: expression of "${name}" must be a function or text`);
  if (language === undefined)
    throw new TypeError(`defineMapping: expression of "${name}" is text, so it needs a language`);
  try {
    return language.compile(expression);
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    throw new TypeError(`defineMapping: expression of "${name}" is not ${language.name}${why}`, { cause });
  }
}
