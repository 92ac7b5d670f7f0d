import type { ScimEvent, Source } from "scimkit";
import type { Output } from "../accept/output.ts";
import { isWrite, type SentRequest } from "./request-log.ts";

/** Prints a line for each change that comes in and for each that goes out, from `start` on. */
export interface Watch {
  /** The source's directory tells the names of what was changed. */
  start(source: Source): void;
  /** An event of the source. */
  readonly incoming: (event: ScimEvent) => void;
  /** A request to the application that got a response. */
  readonly outgoing: (request: SentRequest) => void;
}

export function createWatch(output: Output): Watch {
  let source: Source | undefined;
  // Names are looked up, so lines wait for each other: what came in is printed before what goes out because of it.
  let last = Promise.resolve();
  const print = (line: () => string | Promise<string>): void => {
    if (source === undefined) return;
    last = last.then(async () => output.print(await line()));
  };
  return {
    start: (opened) => {
      source = opened;
    },
    incoming: (event) => {
      if (event.type === "server.write") {
        const { action, resourceType, id } = event;
        print(async () => line("in", action, resourceType, (source && (await nameOf(source, resourceType, id))) ?? id));
      } else if (event.type === "server.response" && event.status >= 400) {
        const { method, route, status, detail } = event;
        print(() => line("in", method, route, `refused with ${status}: ${detail ?? ""}`));
      }
    },
    outgoing: (request) => {
      const { method, route, what, status } = request;
      if (isWrite(request)) print(() => line("out", method, route, `${what} (${status})`.trimStart()));
    },
  };
}

function line(direction: "in" | "out", action: string, target: string, what: string): string {
  return `  ${direction.padEnd(4)} ${action.padEnd(7)} ${target.padEnd(13)} ${what}`;
}

/** What people call a user or a group; undefined for one that is deleted. */
async function nameOf(source: Source, resourceType: string, id: string): Promise<string | undefined> {
  const directory = source.directory();
  if (resourceType === "Group") return (await directory.groupsById([id]))[0]?.displayName;
  return (await directory.usersById([id]))[0]?.userName;
}
