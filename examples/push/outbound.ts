import {
  bearerToken,
  createProvider,
  createProvisioning,
  createScimClient,
  type Provider,
  type Provisioning,
  type Source,
  type Storage,
} from "scimkit";
import type { RequestLog } from "./request-log.ts";
import type { RunningApplication } from "./start-application.ts";

/** The way out: from what the source took in to the application. */
export interface Outbound {
  readonly provider: Provider;
  readonly provisioning: Provisioning;
}

export function createOutbound(options: {
  readonly source: Source;
  readonly storage: Storage;
  readonly application: RunningApplication;
  readonly log: RequestLog;
  /** Told what went wrong in the background. */
  readonly onError: (error: unknown) => void;
}): Outbound {
  const { source, storage, application, log, onError } = options;
  // #region outbound
  const client = createScimClient({
    baseUrl: application.baseUrl,
    auth: bearerToken(application.token),
    fetch: log.fetch,
  });
  const provider = createProvider({ name: "application", client, directory: source.directory(), storage });
  const provisioning = createProvisioning({ providers: [provider], sources: [source], onError });
  // #endregion outbound
  return { provider, provisioning };
}
