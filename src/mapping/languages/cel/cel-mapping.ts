import type { ResourceType } from "../../../schema/attributes/definition.ts";
import { userResourceType } from "../../../schema/definitions/user.ts";
import { isObject } from "../../../values/is-object.ts";
import {
  type ExpressionLanguage,
  type Mapping,
  type MappingSide,
  mappingOf,
} from "../../expressions/define-mapping.ts";
import { ExpressionError } from "../../expressions/expression-error.ts";
import { replace } from "../../expressions/markers.ts";
import { CompiledAttributes } from "./compile.ts";
import { CEL_LIMITS } from "./limits.ts";
import type { PropertyTypes } from "./shape.ts";
import { sideOf } from "./sides.ts";

/** Options of `celMapping`. */
export interface CelMappingOptions<Side extends MappingSide> {
  /** Unique among the mappings it is used with; mappings apply in the order of their names. */
  readonly name: string;
  /**
   * `provider`: expressions read an object of the directory (`user` or `group`, `provider`, `link`, `subjectId`,
   * `schemas`) and set attributes of a resource. `source`: they read a resource (its attributes by name, and all of it
   * as `scim`) and set properties of an object of the directory.
   */
  readonly side: Side;
  /** The resource type with its extensions. @default `userResourceType` */
  readonly resourceType?: ResourceType;
  /** What the directory's objects have beside SCIM's attributes, or of another type. @default nothing more */
  readonly properties?: PropertyTypes;
  /** One expression for each attribute, by its path: `userName`, `name.familyName`, or a name behind a URN and a colon. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether lists are added to those of earlier mappings, or replace them. @default "append" */
  readonly lists?: "append" | "replace";
  /** `create`: only when the object is made, so that later edits on the other side stand. @default "always" */
  readonly apply?: "always" | "create";
}

/**
 * Defines a mapping of which each attribute is an expression in CEL (https://cel.dev), kept as text. An expression that
 * reads something that is missing leaves its attribute out; `null` clears it.
 *
 * Expressions are checked against the definitions of both sides here, not when they run. They reach nothing but their
 * variables, and each evaluation is bounded, so text that customers write can be used.
 *
 * @example
 * ```ts
 * celMapping({
 *   name: "acme: names",
 *   side: "provider",
 *   properties: { surname: "string" },
 *   attributes: { "name.familyName": "user.surname", userName: "user.userName.lowerAscii()" },
 * });
 * ```
 * @throws {ExpressionError} when an expression has a fault: it names the mapping, the attribute and the position, and says
 * what to do
 * @throws {TypeError} when an option is missing or wrong
 */
export function celMapping<Side extends MappingSide>(options: CelMappingOptions<Side>): Mapping<Side> {
  const { name, side, resourceType = userResourceType, apply, lists = "append" } = options;
  return named(`celMapping "${name}"`, () => {
    checkOptions(options);
    const compiled = new CompiledAttributes(sideOf(side, resourceType, options.properties ?? {}), options.attributes);
    const finish = lists === "replace" ? replacing : (value: object): object => value;
    const expression = (variables: Readonly<Record<string, unknown>>): object => finish(compiled.evaluate(variables));
    return mappingOf({ name, expression, resourceType: resourceType.name, apply }, side);
  });
}

function checkOptions({ side, attributes, lists }: CelMappingOptions<MappingSide>): void {
  if (side !== "provider" && side !== "source") throw new TypeError('side must be "provider" or "source"');
  if (lists !== undefined && lists !== "append" && lists !== "replace") {
    throw new TypeError('lists must be "append" or "replace"');
  }
  if (!isObject(attributes) || Array.isArray(attributes)) {
    throw new TypeError("attributes must be an object: an expression for each path");
  }
  const paths = Object.keys(attributes);
  if (paths.includes("")) throw new TypeError("attributes has an expression without a path");
  if (paths.length === 0) throw new TypeError("attributes has no expression; write one for each attribute to set");
  if (paths.length > CEL_LIMITS.attributes) {
    throw new TypeError(`attributes has ${paths.length} expressions; at most ${CEL_LIMITS.attributes} are allowed`);
  }
  for (const path of paths) {
    if (typeof attributes[path] !== "string") throw new TypeError(`attribute "${path}": the expression must be a text`);
    const whole = paths.find((other) => path.startsWith(`${other}.`) || path.startsWith(`${other}:`));
    if (whole !== undefined) throw new TypeError(`attribute "${path}" is a part of "${whole}", which is set as well`);
  }
}

/** Every list of a result, marked as one that replaces the lists of earlier mappings. */
function replacing(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([key, part]: [string, unknown]) => {
      if (Array.isArray(part)) return [key, replace(part)];
      return [key, isObject(part) ? replacing(part) : part];
    }),
  );
}

/** Options of `celLanguage`. */
export type CelLanguageOptions = Pick<CelMappingOptions<MappingSide>, "side" | "resourceType" | "properties">;

/**
 * CEL as the language of a mapping of `defineMapping`: one expression that gives all attributes as a map, such as
 * `{"title": user.job}`. It is checked and bounded as those of `celMapping`; if anything that it reads is missing, it
 * gives nothing.
 *
 * @throws {TypeError} when an option is wrong
 */
export function celLanguage(options: CelLanguageOptions): ExpressionLanguage {
  const { side, resourceType = userResourceType, properties = {} } = options;
  const shapes = named("celLanguage", () => sideOf(side, resourceType, properties));
  return {
    name: "CEL",
    compile: (source) => {
      const compiled = new CompiledAttributes(shapes, { "": source });
      return (variables) => compiled.evaluate(variables)[""];
    },
  };
}

/** Puts whose mistake it is before an error's text. */
function named<T>(subject: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const text = `${subject}: ${cause instanceof Error ? cause.message : String(cause)}`;
    if (!(cause instanceof ExpressionError)) throw new TypeError(text, { cause });
    throw new ExpressionError(text, { attribute: cause.attribute, position: cause.position, cause });
  }
}
