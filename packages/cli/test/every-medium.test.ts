import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Fault, virtual, virtualMedia } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch, write } from "./support/scratch.ts";

/** Room for the gaps between three sessions and the reserve behind them; DVD-R has the largest. Sparse files cost nothing. */
const ROOM = 200_000;

/** A folder with a blank disc and files to record. */
async function withDisc({ id, capacity, minimum }: (typeof virtualMedia)[number]): Promise<string> {
  const folder = scratch({ "photos/a.txt": "first\n", "photos/b.bin": "b".repeat(70_000) });
  const blocks = Math.min(capacity, Math.max(minimum, ROOM));
  const made = await cli(folder, ["new", "my.disc", "--medium", id, "--capacity", `${blocks} blocks`, "--json"]);
  expect(made.code, made.stderr).toBe(0);
  return folder;
}

/** Runs a command that must work out. */
async function done(folder: string, ...argv: readonly string[]): Promise<Awaited<ReturnType<typeof cli>>> {
  const outcome = await cli(folder, argv);
  expect(outcome.code, `${argv.join(" ")}\n${outcome.stdout}${outcome.stderr}`).toBe(0);
  return outcome;
}

/** What people read fits the terminal; only names, commands to type and refusals are as long as they are. */
async function expectToFit(folder: string, columns: number, ...commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const argv = [command, "my.disc", ...(command === "plan" ? ["photos"] : [])];
    const { stdout } = await cli(folder, argv, { columns });
    const long = stdout.split("\n").filter((line) => line.length > columns && !/multisession|virtual:/.test(line));
    expect(long).toEqual([]);
    expect(stdout).not.toMatch(/undefined|null|NaN|\.[;.]/);
  }
}

/** Media that no mechanism records: two sessions cannot be told apart on them, or there is no room for a second one. */
const notRecorded: ReadonlySet<string> = new Set(["dvd-r-dl", "bd-r-rrm"]);

describe.each(virtualMedia.filter(({ id }) => notRecorded.has(id)))("$id", (medium) => {
  it("is refused with the reason before anything is written", async () => {
    const folder = await withDisc(medium);
    const { code, json } = await cli(folder, ["burn", "my.disc", "photos", "--json"]);
    expect(code).not.toBe(0);
    expect(JSON.stringify(json)).toMatch(/holds one session|random recording/);
    expect((await done(folder, "check", "my.disc", "--json")).json).toMatchObject({ isSound: true });
  });
});

describe.each(virtualMedia.filter(({ id }) => !notRecorded.has(id)))("$id", (medium) => {
  it("takes two sessions, both can be restored and verified, and every word about it fits the terminal", async () => {
    const folder = await withDisc(medium);
    await expectToFit(folder, 80, "info", "explain", "plan");
    const { json: first } = await done(folder, "burn", "my.disc", "photos", "--json");
    expect(first).toMatchObject({ outcome: "done", session: 1 });
    write(folder, { "photos/a.txt": "second, and longer\n", "photos/c.txt": "c\n" });
    const { json: second } = await done(folder, "burn", "my.disc", "photos", "--json");
    expect(second).toMatchObject({ outcome: "done", session: 2 });
    expect(second.changes.unchanged).toMatchObject({ files: 1 });
    await expectToFit(folder, 80, "info", "explain", "plan");
    await expectToFit(folder, 120, "info");

    const { json: info } = await done(folder, "info", "my.disc", "--json");
    expect(info).toMatchObject({ condition: "whole", sessions: [{ isCurrent: false }, { isCurrent: true }] });
    await done(folder, "verify", "my.disc");
    await done(folder, "extract", "my.disc", "/", "-o", "new");
    await done(folder, "extract", "my.disc", "/", "-o", "old", "--session", "1");
    expect(readFileSync(join(folder, "old/a.txt"), "utf8")).toBe("first\n");
    expect(readFileSync(join(folder, "new/a.txt"), "utf8")).toBe("second, and longer\n");
    expect(readFileSync(join(folder, "new/b.bin"), "utf8")).toBe("b".repeat(70_000));
    expect((await done(folder, "check", "my.disc", "--json")).json).toMatchObject({ isSound: true });
  });

  it("shows after a power cut what is left, and is whole again when it was recovered", async () => {
    const folder = await withDisc(medium);
    await done(folder, "burn", "my.disc", "photos");
    write(folder, { "photos/d.bin": "d".repeat(400_000) });
    const cut: Fault = { fault: "power-cut", after: "block", count: 60 };
    const torn = await cli(folder, ["burn", "my.disc", "photos"], { plugins: [virtual({ faults: [cut] })] });
    expect(torn.code, torn.stderr).not.toBe(0);
    await expectToFit(folder, 80, "info");
    const { json: info } = await done(folder, "info", "my.disc", "--json");
    const isRecoverable = info.next.some(({ action }: { action: string }) => action === "recover");
    expect(isRecoverable).toBe(info.condition !== "whole");
    if (isRecoverable) await done(folder, "recover", "my.disc");
    await done(folder, "verify", "my.disc");
    expect((await done(folder, "check", "my.disc", "--json")).json).toMatchObject({ isSound: true });
    await done(folder, "burn", "my.disc", "photos");
    await done(folder, "extract", "my.disc", "d.bin", "-o", "saved");
    expect(readFileSync(join(folder, "saved/d.bin"), "utf8")).toBe("d".repeat(400_000));
  });
});
