/** A source in an Express application. */
import express, { type ExpressApp } from "express";
import { createSource, memoryStorage } from "scimkit";
import { toExpress } from "scimkit/express";
import { startedDirectly } from "./started-directly.ts";

/** The application, and a token for the identity provider. */
export async function buildApp(baseUrl: string): Promise<{ app: ExpressApp; scimUrl: string; token: string }> {
  const app = express();
  // #region mount
  const source = createSource({ slug: "okta", baseUrl, storage: memoryStorage() });
  app.use(new URL(source.baseUrl).pathname, toExpress(source.fetch)); // before express.json()
  // #endregion mount
  const { token } = await source.tokens.issue({ name: "Okta" });
  return { app, scimUrl: source.baseUrl, token };
}

if (startedDirectly(import.meta.url)) {
  const { createServer } = await import("node:http");
  const { app, scimUrl, token } = await buildApp("http://127.0.0.1:3000");
  createServer(app).listen(3000, "127.0.0.1", () => console.log(`${scimUrl}\n${token}`));
}
