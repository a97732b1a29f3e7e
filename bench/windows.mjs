/**
 * Writing through IMAPI2's pass-through on Windows Node.js under Wine: bytes in a second, and the time of a command without
 * data. The drive behind the stand-in takes the data and throws it away, so what counts is the way: the mechanisms, the driver,
 * its process, koffi, COM, and a socket in place of Windows' kernel. A BD at 16x takes 72 MB/s.
 *
 *     node bench/windows.mjs [--rounds 5]
 *
 * Needs Wine and mingw (see CONTRIBUTING.md); says what is missing otherwise. There is no peer: other programs that drive
 * IMAPI2 do not run here.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runnerImport } from "vite";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const { module } = await runnerImport(
  fileURLToPath(new URL("../packages/driver-imapi/wine/harness/measure.ts", import.meta.url)),
  { configFile: false, resolve: { conditions: ["multisession-source", "node", "import", "default"] } },
);
console.log(`pass-through under Wine, median of ${values.rounds}`);
console.log(await module.measure(Number(values.rounds)));
