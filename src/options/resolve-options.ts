import * as z from "zod/mini";
import { readAs } from "./read-as.ts";

/**
 * Reads the options of `name` once: fills in defaults, rejects unknown and wrong options, and freezes the result. The
 * caller's object is never written to.
 *
 * @throws {TypeError} with one line for each fault, naming the option
 */
export function resolveOptions<T>(name: string, schema: z.ZodMiniType<T>, input: unknown): Readonly<T> {
  return Object.freeze(readAs(schema, input ?? {}, name));
}

/** A zod type for an option that is a function. Its signature is not checked. */
export function functionOption<T>(): z.ZodMiniType<T> {
  return z.custom<T>((value) => typeof value === "function", { error: "must be a function" });
}

/** A zod type for an option that is an object with behaviour, such as a storage. It must have `methods`. */
export function objectOption<T>(what: string, methods: readonly string[]): z.ZodMiniType<T> {
  return z.custom<T>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      methods.every((method) => (value as Record<string, unknown>)[method] !== undefined),
    { error: `must be ${what}` },
  );
}

/** A zod type for an address to which paths are appended: http or https, without query and fragment. */
export function baseUrlOption(): z.ZodMiniType<string> {
  const isBase = (text: string): boolean => {
    if (!URL.canParse(text)) return false;
    const { protocol, search, hash } = new URL(text);
    return (protocol === "http:" || protocol === "https:") && search === "" && hash === "";
  };
  return z.string().check(z.refine(isBase, { error: "must be an http or https URL without query and fragment" }));
}

/** A zod type for a whole number that meets `checks`. `fallback` is used if the option is left out. */
export function wholeNumberOption(
  fallback: number,
  ...checks: readonly z.core.$ZodCheck<number>[]
): z.ZodMiniDefault<z.ZodMiniNumber<number>> {
  return z._default(z.int().check(...checks), fallback);
}
