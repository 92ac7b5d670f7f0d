import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it } from "vitest";
import { toExpress } from "../../src/adapters/express.ts";
import { toNodeListener } from "../../src/adapters/node.ts";
import { echoHandler, type Seen } from "./echo-handler.ts";
import { listen } from "./mounts.ts";

describe("toNodeListener", () => {
  it("refuses wrong options by name", () => {
    expect(() => toNodeListener(echoHandler, { origin: "app.example" })).toThrow(/toNodeListener: origin/);
    expect(() => toNodeListener(echoHandler, { origin: "https://app.example/scim" })).toThrow(TypeError);
    expect(() => toExpress(echoHandler, { orgin: "https://app.example" } as object)).toThrow(/toExpress: .*orgin/);
  });

  it("reads the absolute form of a request target by its path alone", async () => {
    const listener = toNodeListener((request) => Promise.resolve(new Response(request.url)));
    const server = await listen(((req, res) => {
      req.url = "http://evil.example/scim/v2/Users?count=1";
      listener(req, res);
    }) satisfies RequestListener);
    const response = await fetch(`${server.origin}/`, { headers: {} });
    expect(await response.text()).toBe(`${server.origin}/scim/v2/Users?count=1`);
    await server.close();
  });

  it.each(["*", "ftp://x/y", ""])("returns 400 for the request target %j", async (target) => {
    const listener = toNodeListener(echoHandler);
    const server = await listen((req, res) => {
      req.url = target;
      listener(req, res);
    });
    const response = await fetch(server.origin);
    expect(response.status).toBe(400);
    await server.close();
  });

  it("returns 501 for a method that no Fetch request can have", async () => {
    const listener = toNodeListener(echoHandler);
    const server = await listen((req, res) => {
      req.method = "TRACE";
      listener(req, res);
    });
    const response = await fetch(server.origin);
    expect(response.status).toBe(501);
    await server.close();
  });

  it("returns 500 and reports it when something read the body and left nothing", async () => {
    const errors: unknown[] = [];
    const listener = toNodeListener(echoHandler, { onError: (error) => errors.push(error) });
    const drained = (req: IncomingMessage): Promise<void> =>
      new Promise((resolve) => {
        req.on("data", () => {});
        req.on("end", resolve);
      });
    const server = createServer((req, res) => void drained(req).then(() => listener(req, res)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/scim/v2/Users`, { method: "POST", body: "{}" });
    expect(response.status).toBe(500);
    expect(errors).toEqual([expect.any(TypeError)]);
    await new Promise((resolve) => server.close(resolve).closeAllConnections());
  });

  it("passes a request from which another can be made", async () => {
    const listener = toNodeListener((request) => echoHandler(new Request(request, { headers: { "x-added": "1" } })));
    const server = await listen(listener);
    const response = await fetch(`${server.origin}/scim/v2/Users`, { method: "POST", body: "{}" });
    expect(await response.json()).toMatchObject({ headers: { "x-added": "1" }, body: "{}" });
    await server.close();
  });

  it("keeps the headers that were set before it", async () => {
    const listener = toNodeListener(echoHandler);
    const server = await listen((req, res) => {
      res.setHeader("Vary", "Origin");
      res.setHeader("ETag", "stale");
      listener(req, res);
    });
    const response = await fetch(server.origin);
    expect(response.headers.get("Vary")).toBe("Origin");
    expect(response.headers.get("ETag")).toBe('W/"1"');
    await server.close();
  });

  it("returns 500 for a response that was read before", async () => {
    const listener = toNodeListener(async () => {
      const response = new Response("{}");
      await response.text();
      return response;
    });
    const server = await listen(listener);
    expect((await fetch(server.origin)).status).toBe(500);
    await server.close();
  });
});

describe("toNodeListener over streams and HTTP/2", () => {
  it("takes no more of a body than the handler asks for, but for what the streams hold", async () => {
    let taken = (): number => Number.NaN;
    const listener = toNodeListener(async (request) => {
      await request.body?.getReader().read();
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
      return new Response(String(taken()), { status: 413 });
    });
    const server = await listen((req, res) => {
      taken = () => req.socket.bytesRead;
      listener(req, res);
    });
    const response = await fetch(server.origin, { method: "POST", body: "x".repeat(20_000_000) });
    expect(Number(await response.text())).toBeLessThan(1_000_000);
    await server.close();
  });

  it("reads nothing more of a body after a 401, and closes the connection when the client has had time", async () => {
    let taken = (): number => Number.NaN;
    const listener = toNodeListener(echoHandler);
    const server = await listen((req, res) => {
      const { socket } = req;
      taken = () => socket.bytesRead;
      listener(req, res);
    });
    const { hostname, port } = new URL(server.origin);
    const head = await new Promise<string>((resolve) => {
      let received = "";
      const socket = connect(Number(port), hostname, () => {
        socket.write("POST /scim/v2/ignored HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
        const send = (): void => {
          while (!socket.destroyed && socket.write(chunk));
        };
        socket.on("drain", send);
        send();
      });
      socket.on("data", (data) => {
        received += data;
      });
      socket.on("error", () => {}).on("close", () => resolve(received));
    });
    expect(head).toMatch(/^HTTP\/1\.1 401 /);
    expect(head).toMatch(/\r\nConnection: close\r\n/);
    expect(taken()).toBeLessThan(1_000_000);
    await server.close();
  });

  it("responds on HTTP/2 when the body is rejected, and reports a response that fails in the middle", async () => {
    const errors: unknown[] = [];
    const server = createHttp2Server(toNodeListener(echoHandler, { onError: (error) => errors.push(error) }));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const send = (path: string, body: string): Promise<unknown> =>
      new Promise((resolve) => {
        const stream = session.request({ ":method": "POST", ":path": path });
        let status: unknown;
        stream.on("response", (headers) => {
          status = headers[":status"];
        });
        stream.on("error", (error) => resolve(error));
        stream.on("end", () => resolve(status)).resume();
        stream.end(body);
      });
    expect(await send("/scim/v2/limited", "x".repeat(2_000_000))).toBe(413);
    expect(await send("/scim/v2/ignored", "x".repeat(2_000_000))).toBe(401);
    expect(await send("/scim/v2/broken", "{}")).toBeInstanceOf(Error);
    expect(await send("/scim/v2/empty", "{}")).toBe(204);
    expect(errors).toEqual([expect.objectContaining({ message: "db password is hunter2" })]);
    session.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it("serves HTTP/2 and leaves its pseudo-headers out", async () => {
    const server = createHttp2Server(toNodeListener(echoHandler));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const text = await new Promise<string>((resolve, reject) => {
      const stream = session.request({ ":method": "POST", ":path": "/scim/v2/Users?x=1", "if-match": "*" });
      let received = "";
      stream.setEncoding("utf8");
      stream.on("data", (chunk) => {
        received += chunk;
      });
      stream.on("end", () => resolve(received));
      stream.on("error", reject);
      stream.end('{"userName":"bjensen"}');
    });
    session.close();
    await new Promise((resolve) => server.close(resolve));
    const seen = JSON.parse(text) as Seen;
    expect(seen).toMatchObject({ method: "POST", target: "/scim/v2/Users?x=1", body: '{"userName":"bjensen"}' });
    expect(Object.keys(seen.headers).filter((name) => name.startsWith(":"))).toEqual([]);
    expect(seen.headers["if-match"]).toBe("*");
  });
});
