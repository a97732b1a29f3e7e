import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { read10, write10 } from "@multisession/mmc";
import * as koffi from "koffi";
import { Com } from "../../src/com/com.ts";
import { windowsRuntime } from "../../src/com/windows-runtime.ts";
import { Host } from "../../src/host/host.ts";
import type { HostEvent } from "../../src/host/protocol.ts";
import { burnFile } from "../../test/support/burning.ts";
import type { DriveScript } from "../machine/script.ts";
import { drive, driveId, driveReport, hostProgram, machine, standInLibrary, until } from "./support.ts";

/** How often it burns; in this process, with the stand-in loaded into it, so that both sides can be counted. */
const burns = Number(process.env["IMAPI_BURNS"] ?? 500);
/** Growth of memory that is not a leak; bytes for the whole run. */
const GROWTH = 24 << 20;
const blocks = 64;
const client = "Endurance";
const spool = join(tmpdir(), `endurance-${process.pid}.img`);
const com = new Com(koffi, windowsRuntime(koffi));
const faults: unknown[] = [];
const events: HostEvent[] = [];
const host = new Host(
  com,
  (event) => events.push(event),
  (fault) => faults.push(fault),
);

after(() => rmSync(spool, { force: true }));

async function formattedDisc(disc: string, script: Partial<DriveScript> = {}): Promise<void> {
  await drive({ disc, medium: "dvd+rw" });
  await burnFile(hostProgram, "one.txt", Buffer.alloc(100_000));
  await drive({ disc, ...script });
}

/** One burn: by IMAPI2's writer with its events, and by commands. */
async function burn(fill: number): Promise<void> {
  const data = Buffer.alloc(blocks * 2048, fill);
  writeFileSync(spool, data);
  await host.open(driveId);
  await host.acquire(client, false);
  await host.write({ spool, runs: [{ at: 256, blocks }], closeDisc: false, verification: "full", client });
  const cdb = write10.build({ lba: 512, blocks: 32 });
  assert.equal((await host.execute({ cdb, dataOut: data.subarray(0, 32 * 2048) })).status, "good");
  const back = await host.execute({ cdb: read10.build({ lba: 256, blocks: 32 }), dataInLength: 32 * 2048 });
  assert.equal(Buffer.compare(back.dataIn ?? new Uint8Array(), data.subarray(0, 32 * 2048)), 0);
  await host.close();
}

test("timers run in the very process in which Write blocks a thread", async () => {
  await formattedDisc("blocking.disc", { writeMilliseconds: 20 });
  writeFileSync(spool, Buffer.alloc(1600 * 2048, "x"));
  await host.open(driveId);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const began = performance.now();
  await host.write({ spool, runs: [{ at: 256, blocks: 1600 }], closeDisc: false, verification: "none", client });
  const milliseconds = performance.now() - began;
  clearInterval(timer);
  await host.close();
  assert.ok(milliseconds > 900, `the writes took only ${milliseconds} ms`);
  assert.ok(ticks > milliseconds / 50, `only ${ticks} ticks in ${milliseconds} ms`);
});

test(`${burns} burns leave no reference and no memory, while the garbage collector is always at work`, async () => {
  const standInObjects = koffi.load(standInLibrary).func("int32_t __stdcall StandInObjects()");
  await formattedDisc("endurance.disc", { traits: { events: 1 } });
  const collector = setInterval(() => globalThis.gc?.(), 20);
  const memory: number[] = [];
  events.length = 0;
  let told = 0;
  try {
    for (let count = 0; count < burns; count++) {
      await burn(count & 0xff);
      told += events.splice(0).length;
      if (count % 50 === 0) memory.push(process.memoryUsage().rss);
    }
  } finally {
    clearInterval(collector);
  }
  await until(() => standInObjects() === 0);
  assert.deepEqual(faults, []);
  assert.ok(told >= burns * 6, `only ${told} events`);
  await until(async () => (await machine({ order: "report" })).connections === 0);
  const { holder, silences } = await driveReport();
  assert.deepEqual([holder, silences], [undefined, 0]);
  const growth = process.memoryUsage().rss - (memory[1] ?? memory[0] ?? 0);
  const course = memory.map((bytes) => bytes >> 20).join(" ");
  console.log(`memory every 50 burns, MiB: ${course}`);
  assert.ok(growth < GROWTH, `memory grew by ${growth >> 20} MiB: ${course}`);
});
