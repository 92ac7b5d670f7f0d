import Table from "cli-table3";
import type { Tally } from "./load-organisation.ts";
import type { Organisation } from "./organisation.ts";
import type { ScimHttp } from "./scim-http.ts";
import type { Verification } from "./verify-organisation.ts";

/** One identity provider's column of the summary. */
export interface SummaryColumn {
  readonly name: string;
  readonly tally: Tally;
  readonly http: ScimHttp;
}

/** The table of what was done, with the sum of both columns beside them. */
export function summaryTable(columns: readonly SummaryColumn[], seconds: number): string {
  const table = new Table({
    head: ["", ...columns.map(({ name }) => name), "together"],
    colAligns: ["left", ...columns.map(() => "right" as const), "right"],
    style: { head: [], border: [], compact: true, "padding-left": 1, "padding-right": 1 },
  });
  const row = (label: string, value: (column: SummaryColumn) => number): void => {
    const values = columns.map(value);
    table.push([label, ...values, values.reduce((sum, each) => sum + each, 0)]);
  };
  for (const type of ["users", "groups"] as const) {
    for (const outcome of ["created", "found", "updated"] as const) {
      row(`${type} ${outcome}`, ({ tally }) => tally[type][outcome]);
    }
  }
  row("managers set", ({ tally }) => tally.managersSet);
  row("memberships added", ({ tally }) => tally.membershipsAdded);
  row("memberships found", ({ tally }) => tally.membershipsFound);
  row("failed", ({ tally }) => tally.failed);
  const statuses = new Set(columns.flatMap(({ http }) => [...http.statuses.keys()]));
  for (const status of [...statuses].sort((a, b) => a - b)) {
    row(`responses ${status}`, ({ http }) => http.statuses.get(status) ?? 0);
  }
  table.push(["seconds", ...columns.map(() => ""), seconds.toFixed(1)]);
  return table.toString();
}

/** What reading it all back showed, in a sentence or a few. */
export function verificationLines(found: Verification, organisation: Organisation): string[] {
  const { users, groups } = organisation;
  const memberships = groups.reduce((sum, group) => sum + group.members.length, 0);
  const managers = users.filter((user) => user.manager !== undefined).length;
  const lines = [
    `Read back: ${found.users} of ${users.length} users (${found.active} active), ${found.managers} of ${managers} managers, ` +
      `${found.groups} of ${groups.length} groups, ${found.memberships} of ${memberships} memberships.`,
  ];
  if (found.others > 0)
    lines.push(`Besides the organisation's, there are ${found.others} users and groups from elsewhere.`);
  const shown = found.problems.slice(0, 10);
  for (const problem of shown) lines.push(`  ${problem}`);
  if (found.problems.length > shown.length) lines.push(`  … and ${found.problems.length - shown.length} more`);
  return lines;
}
