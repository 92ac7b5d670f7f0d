import { isPresent } from "../../../filter/presence.ts";
import { isText } from "../../../schema/attributes/scalar.ts";
import { foldString } from "../../../values/fold.ts";
import { instantOf } from "../../../values/instant.ts";
import { isObject } from "../../../values/is-object.ts";
import { numberKey } from "../../driver/order-key.ts";

/**
 * How values are named in a search document. No attribute and no URN of a schema begins with one of these characters.
 *
 * A value is an object that holds each form in which filters compare it, as text, so that a database neither folds nor
 * reads dates nor numbers, and no form is there for a value of another type.
 */
export const FORM: Readonly<Record<"folded" | "exact" | "instant" | "number" | "boolean" | "empty" | "list", string>> =
  Object.freeze({
    /** A text, folded. */
    folded: "=",
    /** The exact text, if it differs from the folded one. */
    exact: "'",
    /** The instant of a text that is a dateTime, by `numberKey`. */
    instant: "@",
    /** A number, by `numberKey`. */
    number: "#",
    /** `true` or `false`. */
    boolean: "?",
    /** Marks a value that does not count as present. */
    empty: "!",
    /** Before the name of a member that is a list: so a path finds single values and lists in different places. */
    list: "*",
  });

const NAMES_NOTHING = /^[=@#?!*']/;

type Node = { [name: string]: string | number | Node | Node[] };

/**
 * The form of `attributes` that filters and sorting read in a database: see `FORM`. Nulls are left out. In a list of
 * elements the one that sorting goes by comes first: the primary one, if any.
 */
export function searchDocument(attributes: Readonly<Record<string, unknown>>): Node {
  return members(attributes);
}

function members(object: object): Node {
  const node: Node = {};
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined || value === null || NAMES_NOTHING.test(name)) continue;
    if (!Array.isArray(value)) node[name] = nodeOf(value);
    else if (value.length > 0) node[FORM.list + name] = elements(value);
  }
  return node;
}

function elements(list: readonly unknown[]): Node[] {
  const found = list.filter((element) => element !== undefined && element !== null);
  const primary = found.findIndex(
    (element) => typeof element === "object" && "primary" in element && element.primary === true,
  );
  if (primary > 0) found.unshift(...found.splice(primary, 1));
  return found.map(nodeOf);
}

/** A list within a list has no names that a path could reach. */
function nodeOf(value: unknown): Node {
  if (typeof value === "string") return textNode(value);
  if (typeof value === "number") return { [FORM.number]: numberKey(value) };
  if (typeof value === "boolean") return { [FORM.boolean]: String(value) };
  const node = isObject(value) ? members(value) : {};
  if (!isPresent(value)) node[FORM.empty] = 1;
  return node;
}

/** A text that no database can compare has no form: it is present and equals nothing. */
function textNode(text: string): Node {
  if (!isText(text)) return {};
  const folded = foldString(text);
  const instant = instantOf(text);
  return {
    [FORM.folded]: folded,
    ...(isPresent(text) ? {} : { [FORM.empty]: 1 }),
    ...(folded === text ? {} : { [FORM.exact]: text }),
    ...(instant === undefined ? {} : { [FORM.instant]: numberKey(instant) }),
  };
}
