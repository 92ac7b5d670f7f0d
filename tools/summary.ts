// Prints what vitest's JSON report counted, as two lines that a machine can read: node tools/summary.ts <report>
import { existsSync, readFileSync } from "node:fs";

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { name: string; status: string; assertionResults: unknown[] }[];
}

const path = process.argv[2] ?? "";
if (existsSync(path)) {
  const report: Report = JSON.parse(readFileSync(path, "utf8"));
  // A file that could not even be loaded holds no tests; it counts as one that failed.
  const unloaded = report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  if (report.numPendingTests > 0) console.log(`${report.numPendingTests} skipped`);
  console.log(`${report.numPassedTests} passed, ${report.numFailedTests + unloaded.length} failed`);
} else {
  console.log("The tests did not run.");
}
