import { realpathSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Whether a module is the program itself and not imported by another, such as a test. */
export function startedDirectly(moduleUrl: string): boolean {
  const program = process.argv[1];
  return program !== undefined && realpathSync(program) === fileURLToPath(moduleUrl);
}
