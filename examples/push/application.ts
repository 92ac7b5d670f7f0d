/**
 * An application that takes users and groups by SCIM, made with Express and scimmy and nothing of scimkit. It runs as a
 * process of its own, on a free port of this machine, and ends with the process that started it.
 *
 * Its only argument is the file in which it stores what it was sent; the token is in `APPLICATION_TOKEN`.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import ScimmyRouters from "scimmy-routers";
import { declareResources } from "./application-handlers.ts";
import { openFile } from "./application-records.ts";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const [file = ":memory:"] = process.argv.slice(2);
const expected = digest(`Bearer ${process.env.APPLICATION_TOKEN ?? crypto.randomUUID()}`);

const { users, groups, close } = openFile(file);
process.once("disconnect", () => {
  close();
  process.exit();
});
// Ctrl-C reaches every process of the terminal; this one ends when it is no longer needed.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});

declareResources(users, groups);
const app = express();
// Under Express 5 scimmy-routers reads neither startIndex nor count: it writes numbers into a query that Express makes again
// whenever it is read. So they are numbers from the start.
app.set("query parser", readQuery);
app.use(
  "/scim/v2",
  new ScimmyRouters({
    type: "bearer",
    handler: ({ headers }) => {
      if (!timingSafeEqual(digest(headers.authorization ?? ""), expected)) throw new TypeError("Unknown token");
      return "provider";
    },
  }),
);

function readQuery(text: string | undefined): Record<string, string | number> {
  const query = Object.fromEntries(new URLSearchParams(text));
  const isNumber = (name: string, value: string): boolean => /^(startIndex|count)$/.test(name) && /^-?\d+$/.test(value);
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, isNumber(name, value) ? Number(value) : value]),
  );
}

const server = createServer(app);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ baseUrl: `http://127.0.0.1:${port}/scim/v2` });
});
