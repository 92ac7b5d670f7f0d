import { URN } from "../../protocol/urns.ts";
import { isObject } from "../../values/is-object.ts";
import type { SimulatedExchange } from "./exchange.ts";
import { IdentityProviderError } from "./identity-provider-error.ts";
import { type Json, within } from "./person-document.ts";
import type { Product } from "./product.ts";
import type { SimulationCheck } from "./simulation-check.ts";

/** Checks responses as a product does. */
export class Judge {
  private readonly product: Pick<Product, "name" | "consequences">;

  constructor(product: Pick<Product, "name" | "consequences">) {
    this.product = product;
  }

  /**
   * Makes a check, if the product makes it. `result` is true, or what was found instead.
   *
   * @throws {IdentityProviderError}
   */
  expect(check: SimulationCheck, exchange: SimulatedExchange, result: true | string): void {
    const { name, consequences } = this.product;
    const consequence = consequences[check];
    if (result === true || consequence === undefined) return;
    throw new IdentityProviderError({
      identityProvider: name,
      ...{ check, consequence, exchange },
      found: result,
      cause: exchange.failure,
    });
  }

  /** Whether there is a response, and not one that rejects the credentials. */
  reached(exchange: SimulatedExchange): void {
    const { status } = exchange;
    this.expect("reachable", exchange, status > 0 || "there is no response");
    this.expect("authorized", exchange, (status !== 401 && status !== 403) || `the status is ${status}`);
  }

  /** The resources of a list. A 404 is an empty list for a product that accepts it. */
  list(exchange: SimulatedExchange): readonly Json[] {
    this.reached(exchange);
    const { status, body } = exchange;
    this.expect("empty", exchange, status !== 404 || "the status is 404");
    if (status === 404) return [];
    this.expect("list", exchange, status === 200 || `the status is ${status}`);
    const object = this.object(exchange);
    this.expect("list", exchange, includes(object.schemas, URN.listResponse) || "it is not a ListResponse");
    const { totalResults: total, Resources: resources = [] } = object;
    const page = Array.isArray(resources) ? resources.filter(isObject) : [];
    const isTotal = typeof total === "number" && total >= page.length;
    this.expect("total", exchange, isTotal || `totalResults is ${JSON.stringify(total)}`);
    const isPage =
      Array.isArray(resources) &&
      page.length === resources.length &&
      !(page.length === 0 && within(body, "totalResults") !== 0);
    this.expect("list", exchange, isPage || "Resources does not have the resources");
    return page;
  }

  /** The resource of a response. */
  resource(exchange: SimulatedExchange, urn: string): Json {
    const resource = this.object(exchange);
    this.expect("schemas", exchange, includes(resource.schemas, urn) || `schemas does not have ${urn}`);
    this.expect("password", exchange, resource.password === undefined || "it shows a password");
    if (urn === URN.user) {
      this.expect(
        "active",
        exchange,
        typeof resource.active === "boolean" || `active is ${JSON.stringify(resource.active)}`,
      );
    }
    return resource;
  }

  /** A response to a read of a resource that was deleted. */
  missing(exchange: SimulatedExchange): void {
    this.reached(exchange);
    this.expect("gone", exchange, exchange.status === 404 || `the status is ${exchange.status}`);
    const { schemas, status } = isObject(exchange.body) ? exchange.body : {};
    const isError = includes(schemas, URN.error) && String(status) === "404";
    this.expect("error", exchange, isError || "the body is not a SCIM error");
  }

  private object(exchange: SimulatedExchange): Json {
    const { body, contentType } = exchange;
    const isJson = /^application\/(scim\+)?json\s*(;|$)/i.test(contentType);
    this.expect("json", exchange, isJson || `the Content-Type is ${contentType || "missing"}`);
    this.expect("json", exchange, isObject(body) || "the body is not a JSON object");
    return isObject(body) ? body : {};
  }
}

function includes(list: unknown, value: string): boolean {
  return Array.isArray(list) && list.includes(value);
}
