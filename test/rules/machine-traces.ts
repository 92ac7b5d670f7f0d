import type { Offence, SourceText } from "./offence.ts";

// Put together from parts, so that the rule does not find itself.
const FOLDERS = ["work", "farm", "root", "tmp", "home"].join("|");
const TRACES: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(^|[\\s"'\`(=:])/(${FOLDERS})/[\\w.-]`), "a path of one machine"],
  [new RegExp(`file:${"//"}/`), "a path of one machine"],
  [/\b[A-Z]:\\\\?(Users|Documents)\b/, "a path of one machine"],
  [/\b(10\.\d{1,3}|192\.168|172\.(1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}\b/, "an address of one network"],
  [new RegExp(`https?:${"//"}[\\w.-]+\\.(internal|local|lan|intranet)\\b`), "a host of one network"],
];

/** Nothing in the repository speaks of the machine or the network that it was written on. */
export function machineTraces(files: readonly SourceText[]): Offence[] {
  return files.flatMap((file) =>
    file.text.split("\n").flatMap((text, index) => {
      const trace = TRACES.find(([pattern]) => pattern.test(text));
      return trace === undefined ? [] : [{ path: file.path, line: index + 1, reason: `names ${trace[1]}` }];
    }),
  );
}

/** The lock file leaves it to npm where a package comes from, or names the public registry. */
export function registries(lock: SourceText): Offence[] {
  const entries: { packages: Record<string, { resolved?: string }> } = JSON.parse(lock.text);
  return Object.entries(entries.packages).flatMap(([name, { resolved }]) =>
    resolved === undefined || resolved.startsWith("https://registry.npmjs.org/")
      ? []
      : [{ path: lock.path, line: 1, reason: `${name} comes from ${resolved}` }],
  );
}
