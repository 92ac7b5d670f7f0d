import { createSource, memoryStorage } from "scimkit";
import {
  ContractViolation,
  IdentityProviderError,
  type SimulationCheck,
  type SimulationOptions,
} from "scimkit/testing";
import { describe, expect, it } from "vitest";
import { noticed, SABOTEURS, type Saboteur } from "./saboteurs.ts";

async function sabotage(saboteur: Saboteur): Promise<unknown> {
  const source = createSource({ slug: "people", baseUrl: "https://app.example", storage: memoryStorage() });
  const options: SimulationOptions =
    saboteur.usesOAuth === true
      ? {
          baseUrl: source.baseUrl,
          oauth: { tokenUrl: source.tokenUrl, ...(await source.oauthClients.issue({ name: "simulation" })) },
        }
      : { baseUrl: source.baseUrl, token: (await source.tokens.issue({ name: "simulation" })).token };
  return noticed(saboteur, source.fetch, options);
}

describe("a simulated identity provider", () => {
  it.each(Object.entries(SABOTEURS).map(([check, saboteur]) => ({ check: check as SimulationCheck, ...saboteur })))(
    "names $check if a server $fault",
    async ({ check, ...saboteur }) => {
      const error = await sabotage(saboteur);
      expect(error).toBeInstanceOf(IdentityProviderError);
      expect((error as IdentityProviderError).check, String(error)).toBe(check);
    },
  );

  it("says what was expected, what was found, and what the product does", async () => {
    const error = (await sabotage(SABOTEURS.empty)) as IdentityProviderError;
    expect(error).toBeInstanceOf(ContractViolation);
    expect(error).toMatchObject({ name: "IdentityProviderError", identityProvider: "Entra ID", check: "empty" });
    expect(error.exchange).toMatchObject({ method: "GET", status: 404 });
    expect(error.message).toMatch(/^Entra ID, GET \/Users\?filter=.*: the status is 404\. Expected: a look-up without/);
    expect(error.message).toContain("Entra ID fails the test of the connection, and puts the job in quarantine.");
  });

  it("has what the handler threw as the cause", async () => {
    const error = await sabotage(SABOTEURS.reachable);
    expect(error).toMatchObject({
      check: "reachable",
      cause: expect.objectContaining({ message: "the server is down" }),
    });
  });
});
