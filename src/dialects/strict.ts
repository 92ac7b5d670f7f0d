import type { Dialect } from "../patch/dialect.ts";

/** The bare RFC. */
export const strict: Dialect = Object.freeze({ name: "strict", transforms: Object.freeze([]) });
