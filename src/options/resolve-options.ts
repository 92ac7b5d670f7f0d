import { z } from "zod";

/**
 * Reads the options of `name` once: defaults filled in, unknown and wrong ones refused, the result frozen.
 *
 * The caller's object is never written to.
 *
 * @throws {TypeError} with one line a fault, each naming the option
 */
export function resolveOptions<T>(name: string, schema: z.ZodType<T>, input: unknown): Readonly<T> {
  const result = schema.safeParse(input ?? {});
  if (!result.success) {
    const faults = result.error.issues.map((issue) => {
      const path = issue.path.map(String).join(".");
      return path === "" ? issue.message : `${path}: ${issue.message}`;
    });
    throw new TypeError(`${name}: ${faults.join("; ")}`, { cause: result.error });
  }
  return Object.freeze(result.data);
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
