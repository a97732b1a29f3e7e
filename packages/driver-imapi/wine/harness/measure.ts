import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StandInWindows } from "./run-tests.ts";
import { compiler, windowsTools, wine } from "./tools.ts";

/** Measures the pass-through on Windows (Wine). Gives the text to print. */
export async function measure(rounds: number): Promise<string> {
  const missing = [wine, compiler].find(({ available }) => !available);
  if (missing) return `left out: ${missing.reason}`;
  const tools = await windowsTools();
  if (!tools.available) return `left out: ${tools.reason}`;
  const folder = mkdtempSync(join(tmpdir(), "multisession-wine-"));
  try {
    const sources = { throughput: "wine/tests/throughput.ts", host: "src/host/main.ts" };
    const windows = await StandInWindows.install(folder, tools, sources);
    try {
      const { code, text } = await windows.node(["throughput.mjs"], {
        seconds: 900,
        environment: { IMAPI_ROUNDS: String(rounds) },
      });
      if (code !== 0) throw new Error(`It ended with ${code}: ${text}`);
      return text;
    } finally {
      await windows.end();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
