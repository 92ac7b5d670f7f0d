import * as z from "zod/mini";
import { readAs } from "../../options/read-as.ts";

/** How a value becomes the JSON data of a record, and back. */
export interface Codec<T> {
  encode(value: T): Readonly<Record<string, unknown>>;
  /** @throws when the data are not such a value */
  decode(data: Readonly<Record<string, unknown>>): T;
}

/** A codec for values that are JSON objects already: written as they are, checked by the schema when they are read. */
export function jsonCodec<T extends object>(schema: z.ZodMiniType<T>): Codec<T> {
  return {
    encode: (value) => ({ ...value }) as Readonly<Record<string, unknown>>,
    decode: (data) => readAs(schema, data, "record"),
  };
}

/** A zod type for a part of a record that is a JSON object of any form, such as a document. It is not copied. */
export function anyObject<T extends object = Readonly<Record<string, unknown>>>(): z.ZodMiniType<T> {
  return z.custom<T>((value) => typeof value === "object" && value !== null && !Array.isArray(value));
}
