import { sha256Hex } from "../../crypto/sha256.ts";
import { isDue } from "../../timing/due.ts";

/** How long a digest is remembered, in milliseconds. */
const REMEMBERED_MS = 60_000;
/** The most digests that are remembered. */
const MAX_DIGESTS = 1000;

interface Remembered {
  readonly digest: string;
  readonly until: number;
}

/** SHA-256 of secrets. Computing it takes a third of a small request, so those of secrets in use are remembered. */
export class Digests {
  private readonly now: () => number;
  /** By secret, oldest first. */
  private readonly remembered: Map<string, Remembered> = new Map();

  constructor(now: () => number) {
    this.now = now;
  }

  /** The digest of a secret. */
  async of(secret: string): Promise<string> {
    return this.known(secret) ?? sha256Hex(secret);
  }

  /** Remembers the digest of a secret that is right: unknown ones must not displace others. */
  remember(secret: string, digest: string): void {
    if (this.known(secret) !== undefined) return;
    this.remembered.delete(secret);
    const [oldest] = this.remembered.keys();
    if (oldest !== undefined && this.remembered.size >= MAX_DIGESTS) this.remembered.delete(oldest);
    this.remembered.set(secret, { digest, until: this.now() + REMEMBERED_MS });
  }

  private known(secret: string): string | undefined {
    const found = this.remembered.get(secret);
    return found === undefined || isDue(found.until, this.now(), REMEMBERED_MS) ? undefined : found.digest;
  }
}
