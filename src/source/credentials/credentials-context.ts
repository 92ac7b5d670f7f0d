import type { ScimEvent } from "../../observe/events.ts";
import type { StateStorage } from "../../storage/state-storage.ts";
import type { ResolvedCredentialOptions } from "./credential-options.ts";

/** What the credentials of a source need. */
export interface CredentialsContext extends ResolvedCredentialOptions {
  readonly state: StateStorage;
  readonly baseUrl: string;
  /** The path of the SCIM endpoints in the requests that arrive. */
  readonly mountPath: string;
  readonly identity: () => Promise<{ readonly id: string; readonly serviceAccount: { readonly id: string } }>;
  readonly enabled: () => boolean | Promise<boolean>;
  readonly now: () => number;
  readonly newId: () => string;
  readonly tell: (event: () => ScimEvent) => void;
}
