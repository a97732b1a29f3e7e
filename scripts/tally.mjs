/**
 * Prints the closing line of continuous integration: what all test runs since its start have counted.
 *
 *     node scripts/tally.mjs EXIT_STATUS
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where scripts/run.mjs leaves the results of vitest. */
const folder = fileURLToPath(new URL("../node_modules/.cache/multisession/", import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".tests.json")) : [];
const reports = files.map((name) => JSON.parse(readFileSync(folder + name, "utf8")));

const passed = sum(reports.map((report) => report.numPassedTests));
const failed = sum(reports.map((report) => report.numFailedTests));
const stepFailed = process.argv[2] !== "0" && failed === 0;
console.log(`${passed} passed, ${failed + (stepFailed ? 1 : 0)} failed`);

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
