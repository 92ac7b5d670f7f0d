import { sha256Hex } from "../../../crypto/sha256.ts";
import { Recent } from "./recent.ts";

/** How long a digest is remembered, in milliseconds. */
const REMEMBERED_MS = 60_000;
/** The most digests that are remembered. */
const MAX_DIGESTS = 1000;

/** SHA-256 of secrets. Computing it takes a third of a small request, so those of secrets in use are remembered. */
export class Digests {
  private readonly remembered: Recent<string>;

  constructor(now: () => number) {
    this.remembered = new Recent({ ms: REMEMBERED_MS, most: MAX_DIGESTS, now });
  }

  /** The digest of a secret. */
  async of(secret: string): Promise<string> {
    return this.remembered.get(secret) ?? sha256Hex(secret);
  }

  /** Whether the secret was right within the last minute. */
  isKnown(secret: string): boolean {
    return this.remembered.get(secret) !== undefined;
  }

  /** Remembers the digest of a secret that is right: unknown ones must not displace others. */
  remember(secret: string, digest: string): void {
    if (!this.isKnown(secret)) this.remembered.set(secret, digest);
  }
}
