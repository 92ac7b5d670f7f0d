/** `npm run example NAME` runs an example of this folder; without a name it lists them. */
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startedDirectly } from "./started-directly.ts";

/** A program of this folder. */
export interface Example {
  readonly name: string;
  readonly file: string;
  /** The first sentence of its comment. */
  readonly about: string;
}

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** The programs of this folder: files that can be started, and folders with a `main.ts` that can. */
export async function readExamples(): Promise<Example[]> {
  const names = (await readdir(FOLDER)).sort().filter((name) => name !== "run.ts");
  const found = await Promise.all(
    names.map(async (entry): Promise<Example[]> => {
      const file = entry.endsWith(".ts") ? entry : `${entry}/main.ts`;
      const text = await readFile(FOLDER + file, "utf8").catch(() => "");
      if (!text.includes("if (startedDirectly(import.meta.url))")) return [];
      return [{ name: entry.replace(/\.ts$/, ""), file: FOLDER + file, about: firstSentence(text) }];
    }),
  );
  return found.flat();
}

function firstSentence(text: string): string {
  const [, comment = ""] = /^\/\*\*(.*?)\*\//s.exec(text) ?? [];
  const line = comment.replaceAll(/\s*\n \* ?/g, " ").trim();
  return /^.*?\.(?= |$)/.exec(line)?.[0] ?? line;
}

async function main([name, ...rest]: string[]): Promise<void> {
  const examples = await readExamples();
  const example = examples.find((each) => each.name === name);
  if (example === undefined) {
    const width = Math.max(...examples.map((each) => each.name.length));
    const list = examples.map((each) => `  ${each.name.padEnd(width)}  ${each.about}`).join("\n");
    if (name !== undefined) {
      process.stderr.write(`There is no example ${name}; there are:\n\n${list}\n`);
      process.exitCode = 2;
    } else process.stdout.write(`npm run example NAME runs one of these:\n\n${list}\n`);
    return;
  }
  process.argv = [process.argv[0] ?? "node", example.file, ...rest];
  await import(pathToFileURL(example.file).href);
}

if (startedDirectly(import.meta.url)) await main(process.argv.slice(2));
