/** Where the example writes. */
export interface Output {
  print(line: string): void;
  /** For what went wrong. */
  complain(line: string): void;
  /** Whether it goes to a terminal, so that a line may be drawn over. */
  readonly interactive: boolean;
  /** Whether the terminal shows colours, and the user wants them (`NO_COLOR`). */
  readonly hasColours: boolean;
}

/** The process's own streams. A reader that goes away (`| head`) ends the output, not the program. */
export function processOutput(): Output {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  return {
    print: (line) => void process.stdout.write(`${line}\n`),
    complain: (line) => void process.stderr.write(`${line}\n`),
    interactive: process.stdout.isTTY === true,
    hasColours: process.stdout.isTTY === true && process.stdout.hasColors(),
  };
}
