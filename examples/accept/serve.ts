import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createSource, isScimError, type ScimEvent, type Source, type Storage } from "scimkit";
import { toNodeListener } from "scimkit/node";
import { sqliteStorage } from "scimkit/storage/sqlite";

/** The program cannot start; the message is the one line to print. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** A source behind an HTTP server. */
export interface RunningSource {
  readonly source: Source;
  readonly storage: Storage;
  /** What an administrator enters as the tenant URL. */
  readonly baseUrl: string;
  /** A new token, shown only now. */
  readonly token: string;
  /** How many tokens are valid now. */
  readonly tokens: number;
  /** Takes no more requests, finishes those it has, and closes the file. */
  stop(): Promise<void>;
}

const SLUG = "people";
const TOKEN_NAME = "npm start";
/** The tokens of the last runs stay valid; older ones are revoked. */
const TOKENS_KEPT = 5;
/** Where a server that listens on every address is reached from this machine. */
const LOOPBACK: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
/** How long a request may take after the program received a stop signal. */
const PATIENCE_MS = 10_000;

/** Options of `serve`. */
export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly file: string;
  /** Whether the source is closed after one load: then nobody needs the token any more, and `stop` revokes it. */
  readonly once: boolean;
  /** Called with every event of the source. */
  readonly observe: (event: ScimEvent) => void;
}

/** @throws {StartError} when the file or the port cannot be used */
export async function serve(options: ServeOptions): Promise<RunningSource> {
  const storage = await openStorage(options.file);
  const server = createServer();
  const close = async (): Promise<void> => {
    await closeServer(server);
    await storage.close();
  };
  try {
    const origin = await listen(server, options.host, options.port);
    // #region source
    const source = createSource({ slug: SLUG, baseUrl: origin, storage, observe: options.observe });
    server.on("request", toNodeListener(source.fetch));
    // #endregion source
    const { id, token, valid } = await renewToken(source.tokens);
    const stop = async (): Promise<void> => {
      if (options.once) await source.tokens.revoke(id);
      await close();
    };
    return { source, storage, baseUrl: source.baseUrl, token, tokens: valid, stop };
  } catch (error) {
    await close();
    throw isScimError(error) ? unusable(options.file, error) : error;
  }
}

async function openStorage(file: string): Promise<ReturnType<typeof sqliteStorage>> {
  const storage = sqliteStorage({ file });
  try {
    await storage.migrate();
    return storage;
  } catch (error) {
    await storage.close();
    throw isScimError(error) ? unusable(file, error) : error;
  }
}

function unusable(file: string, error: Error): StartError {
  return new StartError(`Cannot use ${file}: ${error.message}`, { cause: error });
}

type Tokens = ReturnType<typeof createSource>["tokens"];

async function renewToken(tokens: Tokens): Promise<{ id: string; token: string; valid: number }> {
  const { id, token } = await tokens.issue({ name: TOKEN_NAME });
  const all = await tokens.list();
  const old = all.filter(({ name }) => name === TOKEN_NAME).slice(0, -TOKENS_KEPT);
  for (const each of old) await tokens.revoke(each.id);
  return { id, token, valid: all.length - old.length };
}

/** The origin under which the server is reached. */
function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(new StartError(refusal(error, host, port), { cause: error })),
    );
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      const reachable = LOOPBACK[host] ?? host;
      const name = reachable.includes(":") ? `[${reachable}]` : reachable;
      resolve(`http://${name}:${address.port}`);
    });
  });
}

function refusal(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is taken; choose another with --port`;
    case "EACCES":
      return `Port ${port} on ${host} is not permitted; choose one above 1023 with --port`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is not an address of this machine; choose another with --host`;
    default:
      return `Cannot listen on ${host}, port ${port}: ${error.message}`;
  }
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const impatience = setTimeout(() => server.closeAllConnections(), PATIENCE_MS);
  await new Promise((resolve) => server.close(resolve));
  clearTimeout(impatience);
}
