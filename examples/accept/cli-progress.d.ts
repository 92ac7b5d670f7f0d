// The part of cli-progress that the examples use; the package brings no types.
declare module "cli-progress" {
  export interface Bar {
    increment(): void;
  }
  export class MultiBar {
    constructor(options: {
      format: string;
      hideCursor?: boolean;
      clearOnComplete?: boolean;
      gracefulExit?: boolean;
      stream?: NodeJS.WritableStream;
    });
    create(total: number, start: number, payload: Record<string, string>): Bar;
    /** Writes above the bars; the text ends with a line break. */
    log(text: string): void;
    stop(): void;
  }
}
