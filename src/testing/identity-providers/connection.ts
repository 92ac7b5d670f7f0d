import { accessToken, type SimulatedOAuth } from "./credentials.ts";
import { exchange, type Outgoing, type SimulatedExchange, type SimulatedFetch } from "./exchange.ts";
import type { Judge } from "./judge.ts";
import type { Product } from "./product.ts";

/** Where a simulated identity provider sends its requests, and how. */
export interface SimulationOptions {
  /** The base URL of the SCIM endpoint, without a slash at its end. */
  readonly baseUrl: string;
  /** A static token, which is sent as a bearer token. */
  readonly token?: string;
  /** OAuth, if there is no static token. */
  readonly oauth?: SimulatedOAuth;
  /**
   * Whether each change is read again to check its effect. Without it, only the requests of the product are sent. Default: true.
   */
  readonly verify?: boolean;
  /** Returns the random ids and names that are needed. Default: `crypto.randomUUID`. */
  readonly randomUuid?: () => string;
}

/** Sends the requests of a product with its headers and credentials, and remembers them. */
export class Connection {
  readonly exchanges: SimulatedExchange[] = [];
  private readonly fetch: SimulatedFetch;
  private readonly options: SimulationOptions;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly judge: Judge;
  private token: Promise<string> | undefined;

  constructor(fetch: SimulatedFetch, product: Pick<Product, "headers">, options: SimulationOptions & { judge: Judge }) {
    this.fetch = fetch;
    this.options = options;
    this.headers = product.headers;
    this.judge = options.judge;
  }

  async send(outgoing: Outgoing): Promise<SimulatedExchange> {
    const authorization = await this.authorization();
    const headers = { ...(authorization === undefined ? {} : { Authorization: authorization }), ...this.headers };
    const done = await exchange({ fetch: this.fetch, baseUrl: this.options.baseUrl, headers }, outgoing);
    this.exchanges.push(done);
    return done;
  }

  private async authorization(): Promise<string | undefined> {
    const { token, oauth } = this.options;
    if (token !== undefined) return `Bearer ${token}`;
    if (oauth === undefined) return undefined;
    this.token ??= accessToken(this.fetch, oauth, this.judge);
    return `Bearer ${await this.token}`;
  }
}
