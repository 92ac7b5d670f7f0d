import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mustRun, ROOT } from "../package/packed.ts";
import { lastLine, type RecipeProject, recipeProject, WENT_WELL } from "./recipe-project.ts";

const ORIGIN = '"https://app.example"';

/** Elsewhere a runtime that npm did not bring along is left out. */
const IS_LINUX_X64 = process.platform === "linux" && process.arch === "x64";

describe("the recipes of the guide", () => {
  let project: RecipeProject;
  beforeAll(() => {
    project = recipeProject();
  });
  afterAll(() => project?.dispose());

  /** Runs a recipe, and what stands behind it, on a runtime. */
  const printed = (path: string, after: string, [command = process.execPath, ...args]: string[] = []): unknown => {
    const before = 'import { exercise } from "./exercise.js";';
    const file = project.write({ path, before, after });
    return lastLine(mustRun(command, [...args, file], project.folder));
  };

  it("a route handler of Next.js has a function for each method", () => {
    const rest = `const methods = { DELETE: handler, GET: handler, PATCH: handler, POST: handler };
      console.log(await exercise((request) => methods[request.method](request), ${ORIGIN}));`;
    expect(printed("app/source/scim/[...path]/route.ts", rest)).toEqual(WENT_WELL);
  });

  it("a server route of SvelteKit is the fallback for all methods", () => {
    const rest = `console.log(await exercise((request) => fallback({ request }), ${ORIGIN}));`;
    expect(printed("src/routes/source/scim/[...path]/+server.ts", rest)).toEqual(WENT_WELL);
  });

  it("a Lambda function turns events into requests, with text and Base64 bodies", () => {
    const send = (isBase64: boolean): string => `async (request) => {
      const { pathname, search } = new URL(request.url);
      const bytes = Buffer.from(await request.arrayBuffer());
      const event = {
        rawPath: pathname,
        rawQueryString: search.slice(1),
        headers: Object.fromEntries(request.headers),
        body: bytes.length === 0 ? undefined : bytes.toString(${isBase64 ? '"base64"' : '"utf8"'}),
        isBase64Encoded: ${isBase64},
        requestContext: { domainName: "app.example", http: { method: request.method, sourceIp: "192.0.2.1" } },
      };
      const { statusCode, headers, body } = await handler(event);
      return new Response(statusCode === 204 ? null : body, { status: statusCode, headers });
    }`;
    for (const isBase64 of [false, true]) {
      const rest = `console.log(await exercise(${send(isBase64)}, ${ORIGIN}));`;
      expect(printed("handler.ts", rest)).toEqual(WENT_WELL);
    }
    expect(printed("scheduled.ts", "console.log(String(await handler() === undefined));")).toBe(true);
  });

  it.skipIf(!IS_LINUX_X64 && !existsSync(join(ROOT, "node_modules/.bin/bun")))("Bun serves a source", () => {
    const rest = `console.log(await exercise(fetch, "http://127.0.0.1:" + server.port)); await server.stop(true);`;
    expect(printed("bun.ts", rest, [join(ROOT, "node_modules/.bin/bun"), "run"])).toEqual(WENT_WELL);
  });

  it.skipIf(!IS_LINUX_X64 && !existsSync(join(ROOT, "node_modules/.bin/deno")))("Deno serves a source", () => {
    const rest = `console.log(await exercise(fetch, "http://127.0.0.1:" + server.addr.port)); await server.shutdown();`;
    const deno = [join(ROOT, "node_modules/.bin/deno"), "run", "--no-prompt", "--no-remote"];
    const args = ["--node-modules-dir=manual", "--allow-net=127.0.0.1,0.0.0.0"];
    expect(printed("deno.ts", rest, [...deno, ...args])).toEqual(WENT_WELL);
  });
});
