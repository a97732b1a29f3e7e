import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { Initiator } from "./initiator.ts";

const BLOCKS_AT_ONCE = 512;
const MIB = 2 ** 20;

it("memory does not grow with what is recorded: 2 GiB take no more than the first 256 MiB", async () => {
  const { child, port } = await servedDisc();
  const initiator = await Initiator.login(port);
  await initiator.execute(testUnitReady);
  const piece = Buffer.alloc(BLOCKS_AT_ONCE * 2048, "recorded");
  let next = 0;
  const record = async (bytes: number): Promise<number> => {
    for (const end = next + bytes / 2048; next < end; next += BLOCKS_AT_ONCE)
      expect((await initiator.execute(write10(next, BLOCKS_AT_ONCE), { out: piece })).status).toBe(0);
    return peakOf(child);
  };
  const early = await record(256 * MIB);
  expect((await record(1792 * MIB)) - early).toBeLessThan(16 * MIB);
  initiator.socket.destroy();
}, 300_000);

async function servedDisc(): Promise<{ child: ChildProcess; port: number }> {
  const folder = mkdtempSync(join(tmpdir(), "served-"));
  const child = fork(fileURLToPath(new URL("served-disc.mjs", import.meta.url)), [join(folder, "my.disc")], {
    execArgv: [],
  });
  onTestFinished(async () => {
    child.disconnect();
    await once(child, "exit");
    rmSync(folder, { recursive: true });
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return { child, port };
}

/** Peak of resident memory, in bytes. */
async function peakOf(child: ChildProcess): Promise<number> {
  child.send("peak");
  const [{ peak }] = (await once(child, "message")) as [{ peak: number }];
  return peak;
}

const testUnitReady = new Uint8Array(6);

function write10(at: number, blocks: number): Uint8Array {
  const cdb = Buffer.alloc(10);
  cdb[0] = 0x2a;
  cdb.writeUInt32BE(at, 2);
  cdb.writeUInt16BE(blocks, 7);
  return cdb;
}
