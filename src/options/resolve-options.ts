import { z } from "zod";

/**
 * Reads the options of `name` once: defaults filled in, unknown and wrong ones refused, the result frozen.
 *
 * The caller's object is never written to.
 *
 * @throws {TypeError} with one line a fault, each naming the option
 */
export function resolveOptions<T>(name: string, schema: z.ZodType<T>, input: unknown): Readonly<T> {
  const result = schema.safeParse(input ?? {}, { error: inWords });
  if (!result.success) {
    const faults = result.error.issues.map((issue) => {
      const path = issue.path.map(String).join(".");
      return path === "" ? issue.message : `${path}: ${issue.message}`;
    });
    throw new TypeError(`${name}: ${faults.join("; ")}`, { cause: result.error });
  }
  return Object.freeze(result.data);
}

/** What is wrong, where the schema has no words of its own; undefined leaves it to zod. No value is shown: it may be a secret. */
function inWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownOption(key, issue.inst)).join("; ");
  if (issue.code === "invalid_value")
    return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
  if (issue.code === "too_small") return tooSmall(issue);
  if (issue.code !== "invalid_type") return undefined;
  const wanted = KINDS[issue.expected] ?? `of type ${issue.expected}`;
  return issue.input === undefined ? `is missing: must be ${wanted}` : `must be ${wanted}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** Names the option that was meant, if only its case or its end differs, else all there are. */
function unknownOption(given: string, schema: unknown): string {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const folded = given.toLowerCase();
  const meant = known.find((name) => folded.startsWith(name.toLowerCase()) || name.toLowerCase().startsWith(folded));
  const hint = meant === undefined ? `; options are ${known.join(", ")}` : `, did you mean ${meant}?`;
  return `there is no option ${given}${hint}`;
}

function tooSmall({ origin, inclusive, minimum }: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall>): string {
  if (origin === "number" || origin === "int") return `must be ${inclusive ? "at least" : "more than"} ${minimum}`;
  return "must not be empty";
}

/** A zod type for an option that is a function; its signature is the caller's word. */
export function functionOption<T>(): z.ZodType<T> {
  return z.custom<T>((value) => typeof value === "function", { error: "must be a function" });
}

/** A zod type for an option that is an object with behaviour, such as a storage; `methods` must be there. */
export function objectOption<T>(what: string, methods: readonly string[]): z.ZodType<T> {
  return z.custom<T>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      methods.every((method) => (value as Record<string, unknown>)[method] !== undefined),
    { error: `must be ${what}` },
  );
}

/** A zod type for an address that paths are put behind: http or https, without query and fragment. */
export function baseUrlOption(): z.ZodType<string> {
  return z.string().refine(
    (text) => {
      if (!URL.canParse(text)) return false;
      const { protocol, search, hash } = new URL(text);
      return (protocol === "http:" || protocol === "https:") && search === "" && hash === "";
    },
    { error: "must be an http or https URL without query and fragment" },
  );
}
