import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { write10 } from "@multisession/mmc";
import { afterAll, expect, it } from "vitest";
import { HostProcess } from "../src/host-process.ts";
import { ImapiTransport } from "../src/imapi-transport.ts";

// A process that says to each call that it was done, and as its data what calls there were.
const text = `const calls = [];
process.on("message", ({ id, operation, values: [value] }) => {
  const count = Array.isArray(value) ? value.length : 1;
  calls.push(operation + " " + count);
  const results = Array(count).fill({ status: "good", dataIn: calls.join(", ") });
  process.send({ kind: "reply", id, value: operation === "executeLinked" ? results : results[0] });
});`;
const folder = mkdtempSync(join(tmpdir(), "multisession-transport-"));
const program = join(folder, "host.mjs");
writeFileSync(program, text);
const host = new HostProcess("D:", { program: pathToFileURL(program) });
afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

const transport = new ImapiTransport(
  "D:",
  host,
  {
    facts: { id: "", vendor: "", product: "", revision: "", paths: [], volume: "", canLoad: true },
    maxTransferBytes: 65_536,
    alignmentMask: 3,
  },
  { client: "Burner", force: false },
);
const write = (lba: number, blocks = 32) => ({
  cdb: write10.build({ lba, blocks }),
  dataOut: new Uint8Array(blocks * 2048),
});

it("One MiB of commands goes to the drive's process in messages of 256 KiB, once the drive is held", async () => {
  const results = await transport.executeLinked(Array.from({ length: 40 }, (_, index) => write(32 * index)));
  expect(results).toHaveLength(16);
  const messages = ["acquire 1", ...Array<string>(4).fill("executeLinked 4")];
  expect(results.at(-1)).toEqual({ status: "good", dataIn: messages.join(", ") });
});

it("A command that is larger than what the adapter takes is the caller's mistake, also behind others", async () => {
  await expect(transport.execute(write(0, 33))).rejects.toThrow(TypeError);
  await expect(transport.executeLinked([write(0), write(32, 33)])).rejects.toThrow("at most 65536 bytes at once");
});
