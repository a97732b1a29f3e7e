import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { randomFrom, start } from "./support/process.ts";
import { scratch } from "./support/scratch.ts";

/** Kills of the whole program on each medium. */
const KILLS = 50;
const seed = process.env["SEED"] ?? "kills";

/** Milliseconds in which a burn writes, about. */
const WRITING = 30;

/** Files of one round, so that every session differs. */
async function fill(folder: string, round: number): Promise<void> {
  await mkdir(join(folder, "data"), { recursive: true });
  for (let file = 0; file < 8; file++)
    await writeFile(join(folder, "data", `round-${round}-${file}.bin`), Buffer.alloc(300_000 + 1000 * file, round + 1));
}

/** Until a burn writes, or has ended; tells whether it writes. */
async function untilItWrites(file: string, burn: { readonly ended: Promise<unknown> }): Promise<boolean> {
  const state = async (): Promise<string> => {
    const { size, mtimeMs } = await stat(file);
    return `${size} ${mtimeMs}`;
  };
  let hasEnded = false;
  void burn.ended.then(() => {
    hasEnded = true;
  });
  const before = await state();
  while (!hasEnded && (await state()) === before) await setTimeout(1);
  return !hasEnded;
}

describe.skipIf(process.platform === "win32")(`${KILLS} kills of the program at random moments`, () => {
  it.each(["bd-r", "dvd+rw", "bd-r-pow"])(
    "%s: no earlier byte is lost, and every next burn succeeds",
    async (medium) => {
      const random = randomFrom(`${seed} ${medium}`);
      const met = new Map<string, number>();
      const folder = scratch();

      expect((await cli(folder, ["new", "my.disc", "--medium", medium, "--capacity", "600MB"])).code).toBe(0);
      let longest = 600;
      let writing = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        await fill(folder, kill);
        const burn = start(folder, ["burn", "my.disc", "data", "--no-verify"]);
        const began = performance.now();
        // Most of the time nothing is written yet, so that every second kill waits for that.
        const isWriting = kill % 2 === 1 && (await untilItWrites(join(folder, "my.disc"), burn));
        await Promise.race([setTimeout(random() * (kill % 2 === 1 ? WRITING : longest)), burn.ended]);
        burn.child.kill("SIGKILL");
        const { code } = await burn.ended;
        if (isWriting && code !== 0) writing++;
        if (code === 0) longest = Math.max(200, performance.now() - began);
        const { json } = await cli(folder, ["info", "my.disc", "--json"]);
        expect(json, `${seed}, kill ${kill}`).toMatchObject({ kind: "info" });
        const { condition } = json;
        met.set(condition, (met.get(condition) ?? 0) + 1);
        expect(
          ["empty", "whole", "interrupted", "closing", "old-hidden", "torn-head"],
          `${seed}, kill ${kill}`,
        ).toContain(condition);
        if (condition !== "whole" && condition !== "empty")
          expect(await cli(folder, ["recover", "my.disc"]), `${seed}, kill ${kill}, ${condition}`).toMatchObject({
            code: 0,
          });
        // Every session that was ever listed, to its last byte.
        if (condition !== "empty")
          expect(await cli(folder, ["verify", "my.disc"]), `${seed}, kill ${kill}, ${condition}`).toMatchObject({
            code: 0,
          });
        if (kill % 5 === 4)
          expect(await cli(folder, ["burn", "my.disc", "data"]), `${seed}, kill ${kill}`).toMatchObject({ code: 0 });
      }
      // The moments were well chosen if some kills came while the burn wrote, and on write-once discs that is seen.
      expect(writing).toBeGreaterThan(0);
      const seen = [...met].filter(([condition]) => condition !== "whole" && condition !== "empty");
      if (medium === "bd-r") expect(seen, [...met.keys()].join()).not.toEqual([]);
    },
    600_000,
  );
});
