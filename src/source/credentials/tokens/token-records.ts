import * as z from "zod/mini";
import { jsonCodec } from "../../../storage/state/codec.ts";
import type { RecordKind } from "../../../storage/state/repository.ts";
import { type StoredSecret, storedSecretShape } from "../secrets/expiry.ts";

/** A token as it is stored, under its id. */
export interface StoredToken extends StoredSecret {
  readonly name: string;
  readonly lastUsed?: string | undefined;
  readonly rights: "read" | "write";
}

/** The tokens of all sources. The owner of a record is the source. */
export const TOKENS: RecordKind<StoredToken> = {
  collection: "tokens",
  codec: jsonCodec(
    z.strictObject({
      ...storedSecretShape,
      name: z.string(),
      lastUsed: z.optional(z.string()),
      rights: z.enum(["read", "write"]),
    }),
  ),
};
