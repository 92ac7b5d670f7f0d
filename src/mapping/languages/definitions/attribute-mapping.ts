import type { ResourceType } from "../../../schema/attributes/definition.ts";
import { userResourceType } from "../../../schema/definitions/user.ts";
import { isObject } from "../../../values/is-object.ts";
import { type Mapping, type MappingSide, type MappingVariables, mappingOf } from "../../expressions/define-mapping.ts";
import { ExpressionError } from "../../expressions/expression-error.ts";
import { replace } from "../../expressions/markers.ts";
import type { PropertyTypes } from "./shape.ts";
import { type Side as Definitions, sideOf } from "./sides.ts";

/** The most attributes that one mapping sets. */
const MAX_ATTRIBUTES = 200;

/** Options of `celMapping`, and of `jsonataMapping` with its worker. */
export interface AttributeMappingOptions<Side extends MappingSide> {
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

/** Options of a language of `defineMapping`. */
export type LanguageOptions = Pick<AttributeMappingOptions<MappingSide>, "side" | "resourceType" | "properties">;

/** Makes the expressions of a mapping, by the paths of their attributes, into a function that gives their part of the result. */
export type CompileAttributes = (
  definitions: Definitions,
  attributes: Readonly<Record<string, string>>,
) => (variables: MappingVariables) => object | Promise<object>;

/** Defines a mapping with an expression for each attribute. `subject` is the public function, for the texts of errors. */
export function attributeMapping<Side extends MappingSide>(
  subject: string,
  options: AttributeMappingOptions<Side>,
  compile: CompileAttributes,
): Mapping<Side> {
  const { name, side, resourceType = userResourceType, apply, lists = "append" } = options;
  return named(`${subject} "${name}"`, () => {
    checkOptions(options);
    const evaluate = compile(definitionsOf(options), options.attributes);
    const finish = lists === "replace" ? replacing : (value: object): object => value;
    const expression = (variables: MappingVariables): object | Promise<object> => {
      const value = evaluate(variables);
      return value instanceof Promise ? value.then(finish) : finish(value);
    };
    return mappingOf({ name, expression, resourceType: resourceType.name, apply }, side);
  });
}

/** What the expressions of a language see and set. @throws {TypeError} for a declaration that is not a type */
export function definitionsOf({
  side,
  resourceType = userResourceType,
  properties = {},
}: LanguageOptions): Definitions {
  return sideOf(side, resourceType, properties);
}

function checkOptions({ side, attributes, lists }: AttributeMappingOptions<MappingSide>): void {
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
  if (paths.length > MAX_ATTRIBUTES) {
    throw new TypeError(`attributes has ${paths.length} expressions; at most ${MAX_ATTRIBUTES} are allowed`);
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

/** Puts whose mistake it is before an error's text. */
export function named<T>(subject: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const text = `${subject}: ${cause instanceof Error ? cause.message : String(cause)}`;
    if (!(cause instanceof ExpressionError)) throw new TypeError(text, { cause });
    throw new ExpressionError(text, { attribute: cause.attribute, position: cause.position, cause });
  }
}
