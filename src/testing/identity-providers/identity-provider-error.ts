import { shortened } from "../../values/shortened.ts";
import { ContractViolation } from "../contract/contract-violation.ts";
import type { SimulatedExchange } from "./exchange.ts";
import { CHECKS, type SimulationCheck } from "./simulation-check.ts";

/** How an `IdentityProviderError` is made. */
export interface IdentityProviderErrorOptions {
  readonly identityProvider: string;
  readonly check: SimulationCheck;
  readonly consequence: string;
  readonly exchange: SimulatedExchange;
  /** What was found instead. */
  readonly found: string;
  readonly cause?: unknown;
}

/** A response with which an identity provider cannot work. */
export class IdentityProviderError extends ContractViolation {
  override readonly name: string = "IdentityProviderError";
  /** The name of the product, such as `Entra ID`. */
  readonly identityProvider: string;
  /** The check that failed. */
  readonly check: SimulationCheck;
  /** What the product does with such a response. */
  readonly consequence: string;
  /** The request, and the response to it. */
  readonly exchange: SimulatedExchange;

  constructor({ identityProvider, check, consequence, exchange, found, cause }: IdentityProviderErrorOptions) {
    const request = `${exchange.method} ${exchange.path}`;
    super(
      `${identityProvider}, ${request}: ${found}. Expected: ${CHECKS[check]} (${check}). ` +
        `${identityProvider} ${consequence}. The response: ${exchange.status} ${shortened(exchange.text, 120)}`,
      { cause },
    );
    this.identityProvider = identityProvider;
    this.check = check;
    this.consequence = consequence;
    this.exchange = exchange;
  }
}
