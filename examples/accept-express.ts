/** A source in an Express application. It listens on `PORT`, by default 3000. */
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
  const port = Number(process.env.PORT ?? 3000);
  const { app, scimUrl, token } = await buildApp(`http://127.0.0.1:${port}`);
  createServer(app).listen(port, "127.0.0.1", () => console.log(`${scimUrl}\n${token}`));
}
