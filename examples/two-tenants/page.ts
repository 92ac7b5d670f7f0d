/** The page of the application: what its tables contain. */
import type { Customer, Tables } from "./tables.ts";

/** All customers with their users and groups. The page reloads itself. */
export function renderPage(tables: Tables): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="5">
<title>Users and groups</title>
<link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; }
  table { border-collapse: collapse; margin-bottom: 1rem; }
  th, td { border: 1px solid #bbb; padding: 0.25rem 0.75rem; text-align: left; }
  td { max-width: min(40rem, 60vw); overflow-wrap: break-word; vertical-align: top; }
  .table { overflow-x: auto; }
</style>
</head>
<body>
<h1>Users and groups</h1>
${tables
  .customers()
  .map((customer) => section(tables, customer))
  .join("\n")}
</body>
</html>
`;
}

function section(tables: Tables, customer: Customer): string {
  const users = tables.users(customer).map((user) => [user.login, user.full_name, user.is_enabled ? "yes" : "no"]);
  const groups = tables.groups(customer).map((group) => [group.title, group.logins]);
  return `<h2>${escapeHtml(customer.name)}</h2>
${table(["Login", "Name", "Enabled"], users)}
${table(["Group", "Members"], groups)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (tag: string, cells: readonly string[]): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  const shown = rows.length === 0 ? [head.map((_, position) => (position === 0 ? "none yet" : ""))] : rows;
  return `<div class="table"><table>\n${[line("th", head), ...shown.map((row) => line("td", row))].join("\n")}\n</table></div>`;
}

/** Control characters, and those that change the direction of the text after them: a name could look like another one. */
const INVISIBLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Identity providers send names with any characters. */
function escapeHtml(text: string): string {
  const visible = text.replace(INVISIBLE, "\ufffd");
  return visible.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
