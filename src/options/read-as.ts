import * as z from "zod/mini";

/**
 * Reads `input` as what `schema` describes.
 *
 * @throws {TypeError} that begins with `where` and names each wrong member; it shows no value, since it may be a secret
 */
export function readAs<T>(schema: z.ZodMiniType<T>, input: unknown, where: string): T {
  // Without generated code: most schemas are used once, when a program starts, and generating takes longer than it saves.
  const result = z.safeParse(schema, input, { error: faultText, jitless: true });
  if (result.success) return result.data;
  const faults = result.error.issues.map(lineOf);
  throw new TypeError(`${where}: ${faults.join("; ")}`, { cause: result.error });
}

function lineOf({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): string {
  return path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`;
}

/** The text of a fault for which the schema has none. zod/mini has no texts of its own. */
function faultText(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownOption(key, issue.inst)).join("; ");
    case "invalid_value":
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "invalid_type": {
      const wanted = KINDS[issue.expected] ?? `of type ${issue.expected}`;
      return issue.input === undefined ? `is missing: must be ${wanted}` : `must be ${wanted}`;
    }
    case "too_small":
    case "too_big":
      return outOfRange(issue);
    case "invalid_union":
      return issue.errors.map((issues) => issues.map(lineOf).join("; ")).join(", or ") || "is not valid";
    default:
      return "is not valid";
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

/** Names the option that was probably meant, if only its case or its end differs; otherwise all options. */
function unknownOption(given: string, schema: unknown): string {
  const known = schema instanceof z.ZodMiniObject ? Object.keys(schema.shape) : [];
  const folded = given.toLowerCase();
  const meant = known.find((name) => folded.startsWith(name.toLowerCase()) || name.toLowerCase().startsWith(folded));
  const hint = meant === undefined ? `; options are ${known.join(", ")}` : `, did you mean ${meant}?`;
  return `there is no option ${given}${hint}`;
}

function outOfRange(issue: z.core.$ZodRawIssue<z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig>): string {
  const isNumber = issue.origin === "number" || issue.origin === "int";
  if (issue.code === "too_big") {
    return isNumber ? `must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}` : "is too long";
  }
  return isNumber ? `must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}` : "must not be empty";
}
