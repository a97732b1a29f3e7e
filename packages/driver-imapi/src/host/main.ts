// What a forked process runs: see host-process.ts.
import { windowsRuntime } from "../com/windows-runtime.ts";
import { serveHost } from "./serve-host.ts";

try {
  if (process.arch === "ia32") throw new Error("it needs a Node.js of 64 bits");
  const koffi = await import("koffi");
  serveHost(koffi, windowsRuntime(koffi));
} catch (error) {
  process.send?.({ kind: "unusable", reason: error instanceof Error ? error.message : String(error) });
  process.disconnect();
}
