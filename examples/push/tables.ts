import Table from "cli-table3";
import type { Change, Run } from "scimkit/provider";
import type { SentRequest } from "./request-log.ts";
import type { ApplicationVerification } from "./verify-application.ts";

const STYLE = { head: [], border: [], compact: true, "padding-left": 1, "padding-right": 1 };
const SAMPLES = 2;

/** How many changes there are, by action and type. */
export function planTable(changes: readonly Change[]): string {
  const table = new Table({
    head: ["action", "type", "objects", "for example"],
    colAligns: ["left", "left", "right", "left"],
    style: STYLE,
  });
  for (const same of kindsOf(changes)) {
    const [{ action, type }] = same;
    const isMembers = action === "members";
    const count = isMembers ? `${same.length} (${memberCounts(same)})` : String(same.length);
    table.push([
      action,
      type,
      count,
      same
        .slice(0, SAMPLES)
        .map(({ label }) => label)
        .join(", "),
    ]);
  }
  return table.toString();
}

function kindsOf(changes: readonly Change[]): [Change, ...Change[]][] {
  const kinds = new Map<string, [Change, ...Change[]]>();
  for (const change of changes) {
    const key = `${change.action} ${change.type}`;
    const same = kinds.get(key);
    if (same === undefined) kinds.set(key, [change]);
    else same.push(change);
  }
  return [...kinds.values()];
}

function memberCounts(changes: readonly Change[]): string {
  const sum = (what: "add" | "remove"): number =>
    changes.reduce((total, { members }) => total + (members?.[what] ?? 0), 0);
  return `+${sum("add")} −${sum("remove")}`;
}

/** What a run did. */
export function runTable({ state, counts }: Run): string {
  const table = new Table({ colAligns: ["left", "right"], style: STYLE });
  table.push(
    ["checked", counts.checked],
    ["created", counts.created],
    ["adopted", counts.adopted],
    ["updated", counts.updated],
    ["deactivated", counts.deactivated],
    ["deleted", counts.deleted],
    ["memberships added", counts.membersAdded],
    ["memberships removed", counts.membersRemoved],
    ["failed", counts.failed],
    ["writes sent", counts.writes],
    ["state", state],
  );
  return table.toString();
}

/** One phase of the push, with what went to the application in it. */
export interface Phase {
  readonly name: string;
  readonly requests: readonly SentRequest[];
  readonly seconds: number;
}

/** Requests to the application by phase and method. */
export function phaseTable(phases: readonly Phase[]): string {
  const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
  const table = new Table({
    head: ["requests", ...methods, "all", "seconds"],
    colAligns: ["left", ...methods.map(() => "right" as const), "right", "right"],
    style: STYLE,
  });
  for (const { name, requests, seconds } of phases) {
    const counts = methods.map((method) => requests.filter((request) => request.method === method).length);
    table.push([name, ...counts, requests.length, seconds.toFixed(1)]);
  }
  return table.toString();
}

/** One request in a line. */
export function requestLine({ method, route, what }: SentRequest): string {
  return `  ${method.padEnd(6)} ${route.padEnd(13)} ${what}`.trimEnd();
}

/** The verdict of reading the application back, in a sentence or a few. */
export function verdictLines(found: ApplicationVerification): string[] {
  const { users, leftOut, attributes, groups, memberships, problems } = found;
  const shown = problems.slice(0, 10);
  return [
    `Read back from the application: ${users} users with ${attributes} attributes, ${groups} groups, ` +
      `${memberships} memberships equal the directory's (${leftOut} service accounts are left out); ` +
      `${problems.length === 0 ? "nothing differs" : `${problems.length} differences`}.`,
    ...shown.map((problem) => `  ${problem}`),
    ...(problems.length > shown.length ? [`  … and ${problems.length - shown.length} more`] : []),
  ];
}
