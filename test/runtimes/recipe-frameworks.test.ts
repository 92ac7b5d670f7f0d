import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "tsup";
import { afterAll, describe, expect, it } from "vitest";
import { SOAK_SECONDS } from "../helpers/soak.ts";
import { mustRun } from "../package/packed.ts";
import { installInto, lastLine, type RecipeProject, recipeProject, WENT_WELL } from "./recipe-project.ts";

/** They install 570 MB of packages, so that they run in the soak alone: `npm run soak`. */
describe.skipIf(SOAK_SECONDS === 0)("the recipes of the guide, in the frameworks themselves", () => {
  const projects: RecipeProject[] = [];
  afterAll(() => {
    for (const project of projects) project.dispose();
  });

  /** Installs packages, writes the recipe and files beside it, and runs `run.js`, which is told how to exercise. */
  const inFramework = (packages: readonly string[], write: (project: RecipeProject) => void): unknown => {
    const project = recipeProject({ copied: true });
    projects.push(project);
    installInto(project.folder, packages);
    write(project);
    return lastLine(mustRun(process.execPath, ["run.js"], project.folder));
  };

  it("NestJS passes requests to a source before its own parsers", () => {
    const packages = ["@nestjs/core@12.5.1", "@nestjs/common@12.5.1", "@nestjs/platform-express@12.5.1"];
    const before = `import "reflect-metadata";
      import { Module } from "@nestjs/common";
      import { NestFactory } from "@nestjs/core";
      import { exercise } from "./exercise.js";
      class AppModule {}
      Module({})(AppModule);`;
    const after = `const { port } = app.getHttpServer().address();
      console.log(await exercise(fetch, "http://localhost:" + port));
      await app.close();`;
    const write = (project: RecipeProject): void =>
      void project.write({ path: "src/main.ts", before, after }, "run.js");
    expect(inFramework([...packages, "rxjs@7.8.2", "reflect-metadata@0.2.2"], write)).toEqual(WENT_WELL);
  });

  it("SvelteKit serves a source", () => {
    const packages = ["@sveltejs/kit@2.70.4", "@sveltejs/vite-plugin-svelte@7.3.1", "svelte@5.57.3", "vite@8.4.0"];
    const write = ({ folder, write: writeRecipe }: RecipeProject): void => {
      writeRecipe(
        { path: "src/routes/source/scim/[...path]/+server.ts" },
        "src/routes/source/scim/[...path]/+server.js",
      );
      const config = 'import { sveltekit } from "@sveltejs/kit/vite";\nexport default { plugins: [sveltekit()] };\n';
      writeFileSync(join(folder, "vite.config.js"), config);
      writeFileSync(
        join(folder, "src/app.html"),
        "<html><head>%sveltekit.head%</head><body>%sveltekit.body%</body></html>",
      );
      writeFileSync(
        join(folder, "run.js"),
        `import { createServer } from "vite";
        import { exercise } from "./exercise.js";
        const server = await createServer({ server: { port: 0, host: "127.0.0.1" }, logLevel: "error" });
        await server.listen();
        console.log(await exercise(fetch, "http://127.0.0.1:" + server.httpServer.address().port));
        process.exit(0);`,
      );
    };
    expect(inFramework(packages, write)).toEqual(WENT_WELL);
  });

  it("Next.js builds a route handler and serves a source", () => {
    const write = ({ folder, write: writeRecipe }: RecipeProject): void => {
      writeRecipe({ path: "app/source/scim/[...path]/route.ts" }, "app/source/scim/[...path]/route.js");
      writeFileSync(
        join(folder, "app/layout.js"),
        "export default ({ children }) => <html><body>{children}</body></html>;",
      );
      writeFileSync(
        join(folder, "run.js"),
        `import { execFileSync } from "node:child_process";
        import { createServer } from "node:http";
        import next from "next";
        import { exercise } from "./exercise.js";
        process.env.NEXT_TELEMETRY_DISABLED = "1";
        execFileSync(process.execPath, ["node_modules/next/dist/bin/next", "build"], { stdio: "pipe" });
        const app = next({ dev: false });
        await app.prepare();
        const server = createServer(app.getRequestHandler()).listen(0, "127.0.0.1");
        await new Promise((resolve) => server.once("listening", resolve));
        console.log(await exercise(fetch, "http://127.0.0.1:" + server.address().port));
        process.exit(0);`,
      );
    };
    expect(inFramework(["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"], write)).toEqual(WENT_WELL);
  });
});

it.skipIf(SOAK_SECONDS === 0)(
  "the runtime of Cloudflare Workers serves a source that is made for each request, and runs its task",
  async () => {
    const project = recipeProject();
    installInto(project.folder, ["miniflare@4.20260426.0"]);
    const before = `import { memoryStorage } from "scimkit";
    const storage = memoryStorage();
    const openStorage = () => storage;`;
    const worker = project.write({ path: "src/worker.ts", before }, "worker.js");
    const authenticate = `timer: false, authenticate: (request) =>
    request.headers.get("authorization") === "Bearer secret" ? { id: "idp", rights: "write" } : undefined`;
    writeFileSync(join(project.folder, "tsconfig.json"), "{}");
    writeFileSync(worker, readFileSync(worker, "utf8").replace("timer: false", authenticate));
    await build({
      ...{
        config: false,
        entry: [worker],
        outDir: join(project.folder, "out"),
        format: ["esm"],
        dts: false,
        silent: true,
      },
      ...{ platform: "neutral", noExternal: [/./], tsconfig: join(project.folder, "tsconfig.json") },
    });
    writeFileSync(
      join(project.folder, "run.js"),
      `import { Miniflare } from "miniflare";
    import { exercise } from "./exercise.js";
    const options = { modules: true, scriptPath: "out/worker.js", compatibilityDate: "2026-04-01" };
    const miniflare = new Miniflare({ ...options, modulesRules: [{ type: "ESModule", include: ["**/*.js"] }] });
    const send = async ({ url, method, headers, body }) => {
      const init = { method, headers: Object.fromEntries(headers), body: body ?? undefined, duplex: "half" };
      return miniflare.dispatchFetch(url, init);
    };
    const happened = JSON.parse(await exercise(send, "https://app.example"));
    const { outcome } = await (await miniflare.getWorker()).scheduled({ cron: "* * * * *" });
    await miniflare.dispose();
    console.log(JSON.stringify({ ...happened, outcome }));`,
    );
    const printed = mustRun(process.execPath, ["run.js"], project.folder);
    project.dispose();
    expect(lastLine(printed)).toEqual({ ...WENT_WELL, outcome: "ok" });
  },
);
