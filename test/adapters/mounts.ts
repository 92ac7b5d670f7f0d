import { createServer, type RequestListener, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { toExpress } from "../../src/adapters/express.ts";
import { type NodeAdapterOptions, toNodeListener } from "../../src/adapters/node.ts";
import type { ScimHandler } from "../../src/server/handler.ts";

/** The part of Express these tests use; the package brings no types along. */
type Express = RequestListener & { use(...parts: unknown[]): void; set(name: string, value: unknown): void };
type ExpressModule = (() => Express) & Record<"json" | "raw" | "text" | "urlencoded", (options?: object) => unknown>;

const require = createRequire(import.meta.url);
const express5 = require("express") as ExpressModule;
const express4 = require("express4") as ExpressModule;

/** One way of putting a handler behind a port. */
export interface Mount {
  readonly name: string;
  readonly listener: (handler: ScimHandler, options?: NodeAdapterOptions) => RequestListener;
}

function expressApp(express: ExpressModule, parsers: unknown[], prefix?: string): Mount["listener"] {
  return (handler, options) => {
    const app = express();
    for (const parser of parsers) app.use(parser);
    if (prefix === undefined) app.use(toExpress(handler, options));
    else app.use(prefix, toExpress(handler, options));
    return app;
  };
}

const jsonTypes = { type: ["application/json", "application/scim+json"], limit: "20mb" };

export const mounts: readonly Mount[] = [
  { name: "node:http", listener: (handler, options) => toNodeListener(handler, options) },
  { name: "express 5", listener: expressApp(express5, []) },
  { name: "express 5 behind express.json()", listener: expressApp(express5, [express5.json(jsonTypes)]) },
  {
    name: "express 5 behind express.raw()",
    listener: expressApp(express5, [express5.raw({ type: () => true, limit: "20mb" })]),
  },
  {
    name: "express 5 behind express.text()",
    listener: expressApp(express5, [express5.text({ type: () => true, limit: "20mb" })]),
  },
  { name: "express 5 under a prefix", listener: expressApp(express5, [], "/scim/v2") },
  {
    name: "express 5 under a prefix, behind express.json()",
    listener: expressApp(express5, [express5.json(jsonTypes)], "/scim/v2"),
  },
  { name: "express 4", listener: expressApp(express4, []) },
  { name: "express 4 behind express.json()", listener: expressApp(express4, [express4.json(jsonTypes)], "/scim/v2") },
  {
    name: "express 4 behind parsers for other media types",
    listener: expressApp(express4, [express4.json({ type: "text/other" }), express4.urlencoded({ extended: true })]),
  },
];

/** A server on a port of its own. */
export interface Running {
  readonly origin: string;
  readonly port: number;
  close(): Promise<void>;
}

export async function listen(listener: RequestListener): Promise<Running> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}
