import type { Dialect } from "../patch/dialect.ts";

/** The RFC without additions. */
export const strict: Dialect = Object.freeze({ name: "strict", transforms: Object.freeze([]) });
