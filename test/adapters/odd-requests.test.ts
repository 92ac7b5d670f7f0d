import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import type { NodeAdapterOptions } from "../../src/adapters/adapter-options.ts";
import type { ScimHandler } from "../../src/server/handler.ts";
import { echoHandler, type Seen } from "./echo-handler.ts";
import { listen, type Mount, mounts, type Running } from "./mounts.ts";

/** Runs `run` against a server of its own and closes it whatever happens. */
async function withServer(
  mount: Mount,
  handler: ScimHandler,
  run: (server: Running) => Promise<void>,
  options?: NodeAdapterOptions,
): Promise<void> {
  const server = await listen(mount.listener(handler, options));
  try {
    await run(server);
  } finally {
    await server.close();
  }
}

/** Sends bytes on one connection and collects what comes back until the other side closes or `until` is satisfied. */
function exchange(port: number, text: string, until: (received: string) => boolean = () => false): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      received += chunk;
      if (until(received)) socket.destroy();
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(received));
  });
}

const closing = "Connection: close\r\n\r\n";

function seenIn(answer: string): Seen {
  return JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1)) as Seen;
}

describe.each(mounts)("$name, odd requests", (mount) => {
  it.each(["a b", "exa mple:80", "host/path", "user@host", "[::1", "host:99999", "a?b", "a#b"])(
    "returns 400 for the Host header %j",
    (host) =>
      withServer(mount, echoHandler, async ({ port }) => {
        const answer = await exchange(port, `GET /scim/v2/Users HTTP/1.1\r\nHost: ${host}\r\n${closing}`);
        expect(answer).toMatch(/^HTTP\/1\.1 400 /);
        if (mount.isFetch !== true) expect(answer).toContain('"scimType":"invalidSyntax"');
      }),
  );

  it("does not let a target that starts with two slashes name another host", () =>
    withServer(mount, echoHandler, async ({ port }) => {
      const answer = await exchange(
        port,
        `GET /scim/v2//evil.example/Users HTTP/1.1\r\nHost: app.example\r\n${closing}`,
      );
      expect(seenIn(answer).target).toBe("/scim/v2//evil.example/Users");
    }));

  it("keeps both of two Authorization headers", () =>
    withServer(mount, echoHandler, async ({ port }) => {
      const twice = "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n";
      const answer = await exchange(port, `GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n${twice}${closing}`);
      expect(seenIn(answer).headers.authorization).toBe("Bearer a, Bearer b");
    }));

  it("responds to a second request on a connection whose first body was short and not read", () =>
    withServer(mount, echoHandler, async ({ port }) => {
      const body = JSON.stringify({ pad: "x".repeat(50_000) });
      const head = `Host: x\r\nContent-Type: application/scim+json\r\nContent-Length: ${body.length}\r\n\r\n`;
      const first = `POST /scim/v2/ignored HTTP/1.1\r\n${head}${body}`;
      const answer = await exchange(port, `${first}GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n${closing}`);
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
      expect(answer).toContain("HTTP/1.1 200 ");
    }));

  it("responds, and closes a connection whose body it did not read, and does not read what follows", () =>
    withServer(mount, echoHandler, async ({ port }) => {
      for (const path of ["ignored", "limited"]) {
        const body = JSON.stringify({ pad: "x".repeat(1_000_000) });
        const head = `Host: x\r\nContent-Type: application/scim+json\r\nContent-Length: ${body.length}\r\n\r\n`;
        const first = `POST /scim/v2/${path} HTTP/1.1\r\n${head}${body}`;
        const answer = await exchange(port, `${first}GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n${closing}`);
        expect(answer).toMatch(path === "ignored" ? /^HTTP\/1\.1 401 / : /^HTTP\/1\.1 413 /);
        // Hono's server decides for itself.
        if (mount.isFetch === true) continue;
        // A body parser has read the body before.
        const isRead = answer.includes("HTTP/1.1 200 ");
        const [firstHead = ""] = answer.split("\r\n\r\n", 1);
        expect(/\r\nconnection: close/i.test(firstHead)).toBe(!isRead);
        if (!mount.name.includes("behind")) expect(isRead).toBe(false);
      }
    }));

  it("responds to HEAD without a body on a connection that stays open", () =>
    withServer(mount, echoHandler, async ({ port }) => {
      const head = "HEAD /scim/v2/Users HTTP/1.1\r\nHost: x\r\n\r\n";
      const answer = await exchange(port, `${head}GET /scim/v2/empty HTTP/1.1\r\nHost: x\r\n${closing}`);
      expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 204"]);
      expect(answer).not.toContain("{");
    }));

  it("reads a chunked body", () =>
    withServer(mount, echoHandler, async ({ port }) => {
      const head = "Host: x\r\nContent-Type: application/scim+json\r\nTransfer-Encoding: chunked\r\n";
      const chunks = '4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n';
      const answer = await exchange(port, `POST /scim/v2/Users HTTP/1.1\r\n${head}${closing}${chunks}`);
      expect(seenIn(answer).body).toBe('{"a":1}');
    }));
});

describe.each(mounts)("$name, when the client goes away", (mount) => {
  it("aborts the request's signal when the client goes away", async () => {
    let told: (() => void) | undefined;
    const aborted = new Promise<void>((resolve) => {
      told = resolve;
    });
    let reached: (() => void) | undefined;
    const waiting = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const handler: ScimHandler = (request) =>
      new Promise((resolve) => {
        request.signal.addEventListener("abort", () => {
          told?.();
          resolve(new Response("{}"));
        });
        reached?.();
      });
    const errors: unknown[] = [];
    await withServer(
      mount,
      handler,
      async ({ origin }) => {
        const client = new AbortController();
        const answer = fetch(`${origin}/scim/v2/Users`, { signal: client.signal });
        await waiting;
        client.abort();
        await expect(answer).rejects.toThrow();
        await aborted;
      },
      { onError: (error) => errors.push(error) },
    );
    expect(errors).toEqual([]);
  });

  it("cancels the body of a response that is blocked when the client disconnects", async () => {
    let told: (() => void) | undefined;
    const cancelled = new Promise<void>((resolve) => {
      told = resolve;
    });
    const handler: ScimHandler = () =>
      Promise.resolve(
        new Response(
          new ReadableStream<Uint8Array>({
            start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
            pull: () => new Promise(() => {}),
            cancel: () => told?.(),
          }),
        ),
      );
    await withServer(mount, handler, async ({ port }) => {
      await exchange(port, "GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n\r\n", (received) => received.includes("first"));
      await cancelled;
    });
  });

  it("stops an endless response when the client disconnects in the middle", async () => {
    let told: (() => void) | undefined;
    const cancelled = new Promise<void>((resolve) => {
      told = resolve;
    });
    const chunk = new TextEncoder().encode("x".repeat(10_000));
    const endless = (): ReadableStream<Uint8Array> =>
      new ReadableStream({ pull: (controller) => controller.enqueue(chunk), cancel: () => told?.() });
    const errors: unknown[] = [];
    await withServer(
      mount,
      () => Promise.resolve(new Response(endless())),
      async ({ port }) => {
        await exchange(
          port,
          "GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\n\r\n",
          (received) => received.length > 1_000_000,
        );
        await cancelled;
      },
      { onError: (error) => errors.push(error) },
    );
    expect(errors).toEqual([]);
  });
});

describe.each(mounts)("$name, when the handler fails", (mount) => {
  it("closes the connection when a response fails in the middle, and reports it", async () => {
    const errors: unknown[] = [];
    const log = vi.spyOn(console, "error").mockReturnValue(undefined);
    await withServer(
      mount,
      echoHandler,
      async ({ origin }) => {
        const read = async (): Promise<string> => (await fetch(`${origin}/scim/v2/broken`)).text();
        // Hono's server may still have a 500 to give, with what it was told.
        if (mount.isFetch === true) expect(await read().catch(() => "")).not.toContain("hunter2");
        else await expect(read()).rejects.toThrow();
      },
      { onError: (error) => errors.push(error) },
    );
    expect(errors).toEqual([expect.objectContaining({ message: "db password is hunter2" })]);
    // Hono's server logs what it was told, the others nothing.
    expect(log.mock.calls.map(String)).toEqual(mount.isFetch === true ? ["TypeError: The response broke off"] : []);
    log.mockRestore();
  });

  it("tells what the handler threw, and survives an onError that throws", () =>
    withServer(
      mount,
      echoHandler,
      async ({ origin }) => {
        const response = await fetch(`${origin}/scim/v2/throws`);
        expect(response.status).toBe(500);
      },
      {
        onError: () => {
          throw new Error("cannot log");
        },
      },
    ));
});

describe.each(mounts.filter(({ isFetch }) => isFetch !== true))("$name, the origin", (mount) => {
  it("puts a configured origin in the place of the Host header", () =>
    withServer(
      mount,
      (request) => Promise.resolve(new Response(request.url)),
      async ({ origin }) => {
        const response = await fetch(`${origin}/scim/v2/Users?count=1`);
        expect(await response.text()).toBe("https://app.example/scim/v2/Users?count=1");
      },
      { origin: "https://app.example" },
    ));
});

describe("a body cut off half-way", () => {
  // Parsers answer by themselves; these mounts leave the stream to the handler.
  const streaming = mounts.filter(({ isParsed }) => isParsed !== true);

  it.each(streaming)("fails in the handler's hands and never unhandled: $name", async (mount) => {
    let told: ((error: unknown) => void) | undefined;
    const failed = new Promise<unknown>((resolve) => {
      told = resolve;
    });
    const handler: ScimHandler = async (request) => {
      await request.text().catch((error: unknown) => told?.(error));
      return new Response("{}");
    };
    await withServer(mount, handler, async ({ port }) => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write('POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"half"');
      socket.end();
      expect(await failed).toBeInstanceOf(Error);
      socket.destroy();
    });
  });
});

describe("a body that a parser decoded", () => {
  it.each(mounts.filter(({ isUnpacked }) => isUnpacked))("no longer says that it is compressed: $name", (mount) =>
    withServer(mount, echoHandler, async ({ origin }) => {
      const response = await fetch(`${origin}/scim/v2/Users`, {
        method: "POST",
        headers: { "Content-Type": "application/scim+json", "Content-Encoding": "gzip" },
        body: gzipSync('{"userName":"bjensen"}'),
      });
      const seen = (await response.json()) as Seen;
      expect(seen.body).toBe('{"userName":"bjensen"}');
      expect(seen.headers["content-encoding"]).toBeUndefined();
      expect(seen.headers["content-length"]).toBeUndefined();
    }),
  );
});
