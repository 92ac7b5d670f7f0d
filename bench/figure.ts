import Table from "cli-table3";

/** One thing measured on two sides in the same run. */
export interface Figure {
  readonly area: string;
  readonly what: string;
  /** What ours is compared with. */
  readonly against: string;
  /** Nanoseconds. */
  readonly ours: number;
  /** Nanoseconds. */
  readonly theirs: number;
  /** The ratio `ours / theirs` is to be at most this; undefined where nothing was promised. */
  readonly most?: number;
}

export const ratioOf = ({ ours, theirs }: Figure): number => ours / theirs;

const HEAD = ["", "against", "ours", "theirs", "ours / theirs", "at most", ""];

/** The figures of one area for a terminal. */
export function tableOf(area: string, figures: readonly Figure[]): string {
  const table = new Table({ head: [area, ...HEAD.slice(1)], style: { head: [], border: [] } });
  for (const figure of figures) table.push(cells(figure));
  return table.toString();
}

/** All figures as Markdown, a table an area. */
export function markdownOf(figures: readonly Figure[]): string {
  const areas = [...new Set(figures.map(({ area }) => area))];
  return areas
    .map((area) => {
      const rows = figures.filter((figure) => figure.area === area).map((figure) => `| ${cells(figure).join(" | ")} |`);
      return [`### ${area}`, "", `| ${HEAD.join(" | ")} |`, `|${"---|".repeat(HEAD.length)}`, ...rows].join("\n");
    })
    .join("\n\n");
}

function cells(figure: Figure): string[] {
  const { what, against, ours, theirs, most } = figure;
  const ratio = ratioOf(figure);
  const kept = most === undefined ? "" : ratio <= most ? "kept" : "missed";
  return [what, against, duration(ours), duration(theirs), factor(ratio), most === undefined ? "" : factor(most), kept];
}

function factor(ratio: number): string {
  return ratio >= 0.1 ? ratio.toFixed(2) : ratio.toPrecision(2);
}

function duration(ns: number): string {
  const [value, unit] = ns < 1e3 ? [ns, "ns"] : ns < 1e6 ? [ns / 1e3, "µs"] : [ns / 1e6, "ms"];
  return `${value >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${unit}`;
}
