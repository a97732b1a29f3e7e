import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { checkDisc, openDisc } from "@multisession/driver-virtual";
import { synchronizeCache, write10 } from "@multisession/mmc";
import { expect, it, onTestFinished } from "vitest";
import { Initiator } from "./initiator.ts";

/** Whole clusters of a BD-R, as a flush fills the last one up. */
const BLOCKS_AT_ONCE = 32;
/** A flush after so many writes. */
const FLUSH_AFTER = 5;

const endings: Readonly<Record<string, (child: ChildProcess) => void>> = {
  "is killed": (child) => child.kill("SIGKILL"),
  "is asked to end": (child) => child.disconnect(),
};

it.each(Object.keys(endings).flatMap((ending) => ["dvd+rw", "bd-r"].map((medium) => ({ ending, medium }))))(
  "what was acknowledged as flushed is on the $medium when the target $ending in the middle of writes",
  async ({ ending, medium }) => {
    const folder = mkdtempSync(join(tmpdir(), "flushed-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [round, milliseconds] of [100, 350].entries()) {
      const file = join(folder, `${round}.disc`);
      const child = fork(fileURLToPath(new URL("served-disc.mjs", import.meta.url)), [file, medium], { execArgv: [] });
      const [{ port }] = (await once(child, "message")) as [{ port: number }];
      const gone = once(child, "exit");
      const initiator = await Initiator.login(port);
      const recorded = record(initiator);
      await wait(milliseconds);
      endings[ending]?.(child);
      const flushed = await recorded;
      await gone;
      expect(flushed).toBeGreaterThan(0);
      expect((await checkDisc(file)).isSound).toBe(true);
      const recorder = await openDisc(file);
      for (let lba = 0; lba < flushed; lba++)
        expect(Buffer.from(recorder.peek(lba, 1)).readUInt32BE(0), `block ${lba}`).toBe(lba + 1);
      recorder.close();
    }
  },
  60_000,
);

/** Writes block after block until the connection ends; gives how many of them a flush has acknowledged. */
async function record(initiator: Initiator): Promise<number> {
  let written = 0;
  let flushed = 0;
  try {
    for (let count = 1; ; count++) {
      const out = Buffer.alloc(BLOCKS_AT_ONCE * 2048);
      for (let block = 0; block < BLOCKS_AT_ONCE; block++) out.writeUInt32BE(written + block + 1, block * 2048);
      const cdb = write10.build({ lba: written, blocks: BLOCKS_AT_ONCE });
      expect(await initiator.execute(cdb, { out, immediate: out.length })).toMatchObject({ status: 0 });
      written += BLOCKS_AT_ONCE;
      if (count % FLUSH_AFTER !== 0) continue;
      expect(await initiator.execute(synchronizeCache.build({}))).toMatchObject({ status: 0 });
      flushed = written;
    }
  } catch (error) {
    // The end of the connection, or the target's wish to end it: everything else is a fault.
    expect(String(error)).toMatch(/closed the connection|opcode 32 for a command/);
    return flushed;
  }
}
