import { type Bar, MultiBar } from "cli-progress";
import type { Output } from "./output.ts";

/** Shows how far the loading is. */
export interface Progress {
  /** Begins the next piece of work, of `total` steps. */
  begin(label: string, total: number): void;
  step(): void;
  /** A line that stays. */
  complain(line: string): void;
  end(): void;
}

/** Bars for somebody who watches; otherwise a line at each quarter. */
export function showProgress(output: Output): Progress {
  return output.interactive ? bars() : lines(output);
}

function bars(): Progress {
  const all = new MultiBar({
    format: "  {label} {bar} {value}/{total}",
    hideCursor: true,
    gracefulExit: false,
    stream: process.stdout,
  });
  let current: Bar | undefined;
  return {
    begin: (label, total) => {
      current = all.create(total, 0, { label: label.padEnd(22) });
    },
    step: () => current?.increment(),
    complain: (line) => all.log(`${line}\n`),
    end: () => all.stop(),
  };
}

function lines(output: Output): Progress {
  let label = "";
  let total = 0;
  let done = 0;
  return {
    begin: (nextLabel, nextTotal) => {
      label = nextLabel;
      total = nextTotal;
      done = 0;
    },
    step: () => {
      const quarter = (count: number): number => Math.floor((count * 4) / total);
      if (quarter(done) !== quarter(++done))
        output.print(`  ${label.padEnd(22)} ${String(done).padStart(5)} of ${total}`);
    },
    complain: output.complain,
    end: () => {},
  };
}
