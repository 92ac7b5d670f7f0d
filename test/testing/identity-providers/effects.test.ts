import { createSource } from "scimkit";
import type { Storage } from "scimkit/storage";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Accounts } from "../../helpers/account-tables.ts";
import { EVERY_STORAGE } from "../../helpers/scim-app.ts";
import { PRODUCTS } from "./products.ts";

const ALAN = { login: "alan@example.com", title: "Doctor", active: false };

describe.each(Object.keys(EVERY_STORAGE))("simulated identity providers over %s storage", (name) => {
  let storage: Storage;
  beforeEach(() => {
    storage = EVERY_STORAGE[name]?.() as Storage;
  });
  afterEach(() => storage.close());

  it.each(Object.entries(PRODUCTS))(
    "%s leaves its users and groups in the application's tables",
    async (_, product) => {
      const accounts = await new Accounts().create();
      const source = createSource({ slug: "people", baseUrl: "https://app.example", storage, directory: accounts });
      const { token } = await source.tokens.issue({ name: "simulation" });
      const { ada, grace, engines } = await product.live(source.fetch, { baseUrl: source.baseUrl, token }).run();

      const tables = await accounts.read();
      const { [ada]: first, [grace]: second, ...others } = tables.users;
      expect(first).toEqual({ login: "ada.king@example.com", title: "Analyst", active: true });
      expect(second).toEqual({ login: "grace@example.com", title: "", active: true });
      expect(Object.values(others)).toEqual(product.deletes ? [] : [ALAN]);
      const groups = engines === undefined ? {} : { [engines]: { name: "Analytical Engines", members: [ada] } };
      expect(tables.groups).toEqual(groups);
    },
  );
});
