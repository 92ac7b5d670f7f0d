import { type ArgsDef, type CommandDef, defineCommand, parseArgs, renderUsage } from "citty";

/** The options of the program. */
export interface ProgramOptions {
  readonly host: string;
  readonly port: number;
  readonly file: string;
  readonly once: boolean;
}

/** A wrong option; the message is the one line to print. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const ARGUMENTS = {
  port: { type: "string", default: "8787", valueHint: "number", description: "TCP port; 0 for any free port" },
  host: { type: "string", default: "127.0.0.1", valueHint: "address", description: "Address to listen on" },
  file: {
    type: "string",
    default: "scimkit.sqlite",
    valueHint: "path",
    description: "SQLite file, created if it is missing; another one beside it is for the application",
  },
  once: { type: "boolean", default: false, description: "End when everything is loaded, pushed and checked" },
  help: { type: "boolean", default: false, description: "Show this help" },
} as const satisfies ArgsDef;

const command: CommandDef<typeof ARGUMENTS> = defineCommand({
  meta: {
    name: "npm start --",
    description:
      "A SCIM source on an SQLite file, an organisation of 500 loaded into it, and an application to push it to",
  },
  args: ARGUMENTS,
});

/** Help to print, or what to do. @throws {UsageError} for anything that is not understood */
export async function readOptions(rawArguments: string[]): Promise<ProgramOptions | { readonly help: string }> {
  const given = parseArgs<typeof ARGUMENTS>(rawArguments, ARGUMENTS);
  const unknown = Object.keys(given).find((name) => name !== "_" && !Object.hasOwn(ARGUMENTS, name));
  if (unknown !== undefined) throw new UsageError(`Unknown option ${dashes(unknown)}; --help lists the options`);
  if (given._.length > 0) throw new UsageError(`Unexpected argument ${given._[0]}; --help lists the options`);
  if (given.help) return { help: await renderUsage(command) };
  const port = /^\d{1,5}$/.test(given.port) ? Number(given.port) : Number.NaN;
  if (!(port <= 65_535)) throw new UsageError("--port takes a number from 0 to 65535");
  if (given.host === "") throw new UsageError("--host takes an address");
  if (given.file === "" || given.file.startsWith("file:")) throw new UsageError("--file takes a path");
  return { host: given.host, port, file: given.file, once: given.once };
}

function dashes(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}
