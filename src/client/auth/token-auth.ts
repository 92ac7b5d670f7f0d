import { orAborted } from "../../timing/wait-for.ts";
import type { ClientAuth } from "./client-auth.ts";
import type { TokenHolder } from "./oauth/token-holder.ts";

/** Sends the access token of a holder as a bearer token (RFC 6750). */
export function tokenAuth(holder: () => Promise<TokenHolder>): ClientAuth {
  return {
    authorize: async ({ signal }) => {
      // The token request continues: other requests wait for the same one.
      const token = holder().then((own) => own.accessToken());
      const accessToken = await orAborted(token, signal, () => signal?.reason as Error);
      return { Authorization: `Bearer ${accessToken}` };
    },
    refresh: async () => (await holder()).refuse(),
  };
}
