import * as z from "zod/mini";
import { createSealer, type Sealer } from "../../../crypto/create-sealer.ts";
import { randomText } from "../../../crypto/secret.ts";
import { sha256Hex } from "../../../crypto/sha256.ts";
import { jsonCodec } from "../../../storage/state/codec.ts";
import { type RecordKind, type Repository, repository } from "../../../storage/state/repository.ts";
import { isDue } from "../../../timing/due.ts";
import type { ResolvedInteractiveOptions } from "./interactive-options.ts";

/** How long a person may take to authorize, in milliseconds. */
const FLOW_MS = 600_000;
/** How many old authorizations are removed when a new one starts. */
const PURGED = 100;

/** An authorization that was started and not finished. */
interface Flow {
  /** Who started it. */
  readonly by: string;
  /** The code verifier of PKCE, sealed. */
  readonly sealed: string;
  readonly until: number;
}

const FLOWS: RecordKind<Flow> = {
  collection: "oauth-flows",
  codec: jsonCodec(z.object({ by: z.string(), sealed: z.string(), until: z.number() })),
};

/** Authorizations between `start` and `finish`, for all processes. Each can be finished once. */
export class InteractiveFlows {
  private readonly flows: Repository<Flow>;
  private readonly sealer: Sealer;
  private readonly options: ResolvedInteractiveOptions;

  constructor(options: ResolvedInteractiveOptions) {
    this.options = options;
    this.flows = repository(options.storage.state, FLOWS, options.name);
    this.sealer = createSealer({ keys: options.keys });
  }

  /** Starts an authorization. Returns its `state` and the code verifier. */
  async begin(by: string): Promise<{ readonly state: string; readonly verifier: string }> {
    await this.purge();
    const [state, verifier] = [randomText(32, "base64url"), randomText(32, "base64url")];
    const key = await sha256Hex(state);
    const sealed = await this.sealer.seal(new TextEncoder().encode(verifier), contextOf(key));
    const until = this.options.now() + FLOW_MS;
    await this.flows.put(key, { by, sealed, until }, { expected: null });
    return { state, verifier };
  }

  /** Ends an authorization, and returns its code verifier. Undefined if `by` has not started one with this state. */
  async end(state: string, by: string): Promise<string | undefined> {
    const key = await sha256Hex(state);
    const found = await this.flows.get(key);
    if (found === undefined || found.value.by !== by) return undefined;
    if (!(await this.flows.delete(key, found.version))) return undefined;
    if (isDue(found.value.until, this.options.now(), FLOW_MS)) return undefined;
    return new TextDecoder().decode(await this.sealer.open(found.value.sealed, contextOf(key)));
  }

  private async purge(): Promise<void> {
    for (const { key, value, version } of await this.flows.scan({ take: PURGED })) {
      if (isDue(value.until, this.options.now(), FLOW_MS)) await this.flows.delete(key, version);
    }
  }
}

function contextOf(key: string): string {
  return JSON.stringify(["oauth-flow", key]);
}
