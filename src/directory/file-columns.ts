import { splitUrn } from "../values/split-urn.ts";

/** Writes the cell of one column to an object; `reject` creates the error for an invalid cell. */
type CellWriter = (object: Record<string, unknown>, cell: string, reject: (reason: string) => Error) => void;

/** The multi-valued complex attributes of SCIM. */
const PLURAL: readonly string[] = [
  ...["emails", "phoneNumbers", "ims", "photos", "addresses"],
  ...["roles", "entitlements", "x509Certificates"],
];
const KINDS: readonly string[] = ["user", "service_account"];
const FORBIDDEN: readonly string[] = ["__proto__", "constructor", "prototype"];
const TRUTH: Readonly<Record<string, boolean>> = { true: true, false: false };

/**
 * How each column is written, by its name. A name with dots creates objects (`name.givenName`). After a URN the last
 * colon is the separator, as in SCIM. In columns of lists, values are separated by `;`, and the part after a dot is the
 * type of the only value (`emails.work`, `addresses.home.locality`).
 */
export function columnWriters(names: readonly string[], reject: (reason: string) => Error): CellWriter[] {
  const paths = names.map((name) => columnPath(name));
  for (const [index, path] of paths.entries()) {
    const name = names[index];
    if (path.some((part) => part === ""))
      throw reject(`the column ${index + 1} has no name, or one with an empty part`);
    if (path.some((part) => FORBIDDEN.includes(part))) throw reject(`the column ${name} cannot be an attribute`);
    const rival = paths.findIndex((other, at) => at < index && overlaps(path, other));
    if (rival >= 0) throw reject(`the columns ${names[rival]} and ${name} are the same attribute`);
  }
  return paths.map((path, index) => writerOf(path, names[index] ?? ""));
}

/** The values of a cell that holds a list. */
export function cellList(cell: string): string[] {
  return cell
    .split(";")
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

function columnPath(name: string): string[] {
  const { urn, name: local } = /^urn:/i.test(name) ? splitUrn(name) : { urn: undefined, name };
  return urn === undefined ? local.split(".") : [urn, ...local.split(".")];
}

/** Whether one path is the beginning of the other. A list and a typed value of the list do not conflict. */
function overlaps(a: readonly string[], b: readonly string[]): boolean {
  const length = Math.min(a.length, b.length);
  if (PLURAL.includes(a[0] ?? "") && a.length !== b.length && length === 1) return false;
  return a.slice(0, length).every((part, index) => part === b[index]);
}

function writerOf(path: readonly string[], name: string): CellWriter {
  const [first = "", type, sub] = path;
  if (PLURAL.includes(first)) return type === undefined ? listWriter(first) : typedWriter(first, type, sub ?? "value");
  if (name === "active") {
    return (object, cell, reject) => {
      const truth = Object.hasOwn(TRUTH, cell.toLowerCase()) ? TRUTH[cell.toLowerCase()] : undefined;
      if (truth === undefined) throw reject("active must be true or false");
      object.active = truth;
    };
  }
  if (name === "kind") {
    return (object, cell, reject) => {
      if (!KINDS.includes(cell)) throw reject(`kind must be ${KINDS.join(" or ")}`);
      object.kind = cell;
    };
  }
  return (object, cell) => setPath(object, path, cell);
}

function listWriter(attribute: string): CellWriter {
  return (object, cell) => {
    const values = cellList(cell).map((value, index) =>
      attribute === "emails" && index === 0 ? { value, primary: true } : { value },
    );
    if (values.length > 0) object[attribute] = [...listOf(object, attribute), ...values];
  };
}

function typedWriter(attribute: string, type: string, sub: string): CellWriter {
  return (object, cell) => {
    const values = listOf(object, attribute);
    const known = values.find((value) => value.type === type);
    if (known === undefined) object[attribute] = [...values, { [sub]: cell, type }];
    else known[sub] = cell;
  };
}

function listOf(object: Readonly<Record<string, unknown>>, attribute: string): Record<string, unknown>[] {
  return Array.isArray(object[attribute]) ? object[attribute] : [];
}

function setPath(object: Record<string, unknown>, path: readonly string[], cell: string): void {
  const [first = "", ...rest] = path;
  if (rest.length === 0) {
    object[first] = cell;
    return;
  }
  const inner = (object[first] ?? {}) as Record<string, unknown>;
  object[first] = inner;
  setPath(inner, rest, cell);
}
