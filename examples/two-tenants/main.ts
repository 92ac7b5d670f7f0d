/**
 * An Express application with two customers, tables of its own in SQLite, and a page that shows them. Its argument is
 * the database; without it, everything is forgotten at the end. It listens on `PORT`, by default 3000.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express, { type ExpressApp } from "express";
import { createSources, type Sources } from "scimkit";
import { toExpress } from "scimkit/express";
import { sqliteStorage } from "scimkit/storage/sqlite";
import { stopSignal } from "../accept/stop-signal.ts";
import { startedDirectly } from "../started-directly.ts";
import { directoryOf } from "./directory.ts";
import { provision } from "./identity-providers.ts";
import { renderPage } from "./page.ts";
import { Tables } from "./tables.ts";

/** The application, and what its owner needs of it. */
export interface App {
  readonly app: ExpressApp;
  readonly tables: Tables;
  readonly sources: Sources;
  close(): Promise<void>;
}

/** The application over a database file, which is created if it does not exist. */
export function buildApp(file: string, baseUrl: string): App {
  const tables = new Tables(file);
  const storage = sqliteStorage(file);
  // #region sources
  const sources = createSources({
    storage,
    baseUrl,
    resolve: (slug) => {
      const customer = tables.customer(slug);
      if (customer === undefined) return undefined;
      return {
        dialect: "compatible",
        domains: [customer.domain],
        directory: directoryOf(slug),
        delivery: "joined",
        transaction: (work) => tables.transaction(work),
      };
    },
  });
  const app = express();
  app.use("/source/scim", toExpress(sources.fetch));
  app.get("/", (_request, response) => {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(renderPage(tables));
  });
  // #endregion sources
  const close = async (): Promise<void> => {
    await sources.idle();
    await storage.close();
    tables.close();
  };
  return { app, tables, sources, close };
}

/** Fills an empty database, and prints the address of the page, and URL and token for each identity provider. */
async function introduce({ tables, sources }: App, baseUrl: string): Promise<void> {
  console.log(`The page: ${baseUrl}/\n\nFor the identity providers:`);
  for (const customer of tables.customers()) {
    if (tables.users(customer).length === 0) await provision(sources, customer);
    const source = await sources.get(customer.slug);
    const issued = await source?.tokens.issue({ name: "an identity provider" });
    console.log(`  ${customer.name}: ${source?.baseUrl}  ${issued?.token}`);
  }
}

async function main([given]: string[]): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = given === undefined ? mkdtempSync(join(tmpdir(), "two-tenants-")) : undefined;
  const built = buildApp(given ?? join(folder ?? "", "application.db"), baseUrl);
  server.on("request", built.app);
  const stop = stopSignal();
  await introduce(built, baseUrl);
  await stop.asked;
  stop.dispose();
  server.close();
  server.closeAllConnections();
  await built.close();
  if (folder !== undefined) rmSync(folder, { recursive: true });
}

if (startedDirectly(import.meta.url)) await main(process.argv.slice(2));
