import Table from "cli-table3";

/** One thing measured on two sides in the same run. */
export interface Figure {
  readonly area: string;
  readonly what: string;
  /** What ours is compared with. */
  readonly against: string;
  /** In the unit. */
  readonly ours: number;
  /** In the unit. */
  readonly theirs: number;
  /** What one call in a hundred took, or longer, where calls were measured one by one; `ours` and `theirs` are medians then. */
  readonly slowest?: { readonly ours: number; readonly theirs: number };
  /** @default "ns" */
  readonly unit?: "ns" | "bytes";
  /** The ratio `ours / theirs` is to be at most this; undefined where nothing was promised. */
  readonly most?: number;
}

export const ratioOf = ({ ours, theirs }: Figure): number => ours / theirs;

const HEAD = ["", "against", "ours", "theirs", "ours / theirs", "at most", ""];
const SLOWEST_HEAD = ["ours, p99", "theirs, p99"];

/** The figures of one area for a terminal. */
export function tableOf(area: string, figures: readonly Figure[]): string {
  const table = new Table({ head: [area, ...headOf(figures).slice(1)], style: { head: [], border: [] } });
  for (const figure of figures) table.push(cells(figure));
  return table.toString();
}

/** All figures as Markdown, a table an area. */
export function markdownOf(figures: readonly Figure[]): string {
  const areas = [...new Set(figures.map(({ area }) => area))];
  return areas
    .map((area) => {
      const own = figures.filter((figure) => figure.area === area);
      const head = headOf(own);
      const rows = own.map((figure) => `| ${cells(figure).join(" | ")} |`);
      return [`### ${area}`, "", `| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...rows].join("\n");
    })
    .join("\n\n");
}

/** The figures of an area have the tail of their costs, or none has. */
function headOf(figures: readonly Figure[]): string[] {
  return figures.some(({ slowest }) => slowest !== undefined) ? [...HEAD, ...SLOWEST_HEAD] : HEAD;
}

function cells(figure: Figure): string[] {
  const { what, against, ours, theirs, most, slowest, unit } = figure;
  const printed = unit === "bytes" ? byteSize : duration;
  const ratio = ratioOf(figure);
  const kept = most === undefined ? "" : ratio <= most ? "kept" : "missed";
  const aim = most === undefined ? "" : factor(most);
  const tail = slowest === undefined ? [] : [printed(slowest.ours), printed(slowest.theirs)];
  return [what, against, printed(ours), printed(theirs), factor(ratio), aim, kept, ...tail];
}

function byteSize(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(0)} MB`;
}

function factor(ratio: number): string {
  return ratio >= 0.1 ? ratio.toFixed(2) : ratio.toPrecision(2);
}

function duration(ns: number): string {
  const [value, unit] = ns < 1e3 ? [ns, "ns"] : ns < 1e6 ? [ns / 1e3, "µs"] : [ns / 1e6, "ms"];
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}
