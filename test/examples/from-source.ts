/** Loaded before an example that runs as a process of its own: the package's name means its source here, built or not. */
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, nextResolve) {
    const [, entry = "index"] = /^scimkit(?:\/(.+))?$/.exec(specifier) ?? [];
    if (!/^scimkit(\/|$)/.test(specifier)) return nextResolve(specifier, context);
    return nextResolve(new URL(`../../src/entries/${entry}.ts`, import.meta.url).href, context);
  },
});
