import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BLOCK_BYTES } from "@multisession/core";
import { virtualMedia } from "@multisession/driver-virtual";
import { describeWith } from "@multisession-internal/needs";
import { describe, expect, it } from "vitest";
import { cli, type Outcome } from "./support/cli.ts";
import { scratch, write } from "./support/scratch.ts";

/** Runs a command that must work out. */
async function done(folder: string, ...argv: readonly string[]): Promise<Outcome> {
  const outcome = await cli(folder, argv);
  expect(outcome.code, `${argv.join(" ")}\n${outcome.stdout}${outcome.stderr}`).toBe(0);
  return outcome;
}

/** First blocks of the sessions; the current one is the last. */
async function startsOf(folder: string, disc: string): Promise<readonly number[]> {
  const { json } = await done(folder, "sessions", disc, "--json");
  const current = json.sessions.map(({ isCurrent }: { isCurrent: boolean }) => isCurrent);
  expect(current).toEqual(current.map((_: boolean, index: number) => index === current.length - 1));
  return json.sessions.map(({ start }: { start: number }) => start);
}

/** Names in the root of each session. */
async function namesOf(folder: string, disc: string, sessions: number): Promise<readonly (readonly string[])[]> {
  const names: string[][] = [];
  for (let session = 1; session <= sessions; session++) {
    const { stdout } = await done(folder, "ls", disc, "--session", String(session));
    names.push(stdout.split("\n").filter((name) => name !== ""));
  }
  return names;
}

/** Media that are overwritten in place, or seem so to a host. */
const overwritable = virtualMedia.filter(({ id }) =>
  ["dvd+rw", "dvd-ram", "bd-re", "bd-r-pow", "dvd-rw-ro", "cd-rw-packet"].includes(id),
);

describe.each(overwritable)("a copy of a $id without its state file", ({ id, capacity, minimum }) => {
  it("has all sessions, and none of those that were given up", async () => {
    const folder = scratch({ "photos/a.txt": "a\n", "photos/b.bin": "b".repeat(100_000) });
    const blocks = Math.min(capacity, Math.max(minimum, 20_000));
    await done(folder, "new", "my.disc", "--medium", id, "--capacity", `${blocks} blocks`);
    for (const name of ["c", "d"]) {
      await done(folder, "burn", "my.disc", "photos");
      write(folder, { [`photos/${name}`]: name });
    }
    await done(folder, "burn", "my.disc", "photos");
    copyFileSync(join(folder, "my.disc"), join(folder, "copy.disc"));
    expect(await startsOf(folder, "copy.disc")).toEqual(await startsOf(folder, "my.disc"));
    expect(await namesOf(folder, "copy.disc", 3)).toEqual([
      ["a.txt", "b.bin"],
      ["a.txt", "b.bin", "c"],
      ["a.txt", "b.bin", "c", "d"],
    ]);
    await done(folder, "verify", "copy.disc");
    expect((await done(folder, "check", "copy.disc")).stdout).toMatch(/with the\s+sessions that\s+its\s+head leads to/);
    if (id === "bd-r-pow") return;
    await done(folder, "burn", "my.disc", "photos", "--new-volume");
    copyFileSync(join(folder, "my.disc"), join(folder, "anew.disc"));
    expect(await startsOf(folder, "anew.disc")).toEqual(await startsOf(folder, "my.disc"));
  });
});

describeWith(["xorriso"], "an image of xorriso", () => {
  const run = (folder: string, ...argv: readonly string[]): void => {
    execFileSync("xorriso", ["-no_rc", ...argv], { cwd: folder, stdio: "ignore" });
  };
  /** Three sessions, each with a file more; the second one is longer than all that lies before it. */
  const threeSessions = (...settings: readonly string[]): string => {
    const folder = scratch({ a: "a\n", b: Buffer.alloc(300_000, "b"), c: "c\n" });
    const sessions = ["a", "b", "c"].flatMap((name) => ["-map", name, `/${name}`, "-commit"]);
    run(folder, ...settings, "-dev", "stdio:x.disc", ...sessions, "-end");
    return folder;
  };
  const trees = [["a"], ["a", "b"], ["a", "b", "c"]];

  it.each([[[]], [["-for_backup"]], [["-joliet", "on", "-padding", "0"]]])(
    "has its three sessions: %j",
    async (how) => {
      const folder = threeSessions(...how);
      expect((await startsOf(folder, "x.disc")).slice(0, 2)).toEqual([32, 64]);
      expect(await startsOf(folder, "x.disc")).toHaveLength(3);
      expect(await namesOf(folder, "x.disc", 3)).toEqual(trees);
      const { stdout } = await cli(folder, ["burn", "x.disc", "a", "--json"]);
      expect(stdout).toContain("WRITE_PROTECTED");
    },
  );

  it("has them also when the disc's head is lost", async () => {
    const folder = threeSessions();
    const bytes = readFileSync(join(folder, "x.disc")).fill(0, 16 * BLOCK_BYTES, 17 * BLOCK_BYTES);
    writeFileSync(join(folder, "x.disc"), bytes);
    expect(await startsOf(folder, "x.disc")).toHaveLength(3);
    expect(await namesOf(folder, "x.disc", 3)).toEqual(trees);
  });

  it("has one session when it was written once, also with what makes it start from a disk", async () => {
    const folder = scratch({ "a/a.txt": "a\n", "mbr.bin": Buffer.alloc(432, 1) });
    run(folder, "-dev", "stdio:one.disc", "-map", "a", "/", "-commit", "-end");
    expect(await startsOf(folder, "one.disc")).toEqual([32]);
    const make = ["-as", "mkisofs", "-quiet", "-R"];
    run(folder, ...make, "-o", "plain.disc", "a");
    const partitions = ["-G", "mbr.bin", "--protective-msdos-label", "-partition_offset", "16"];
    const appended = ["-append_partition", "2", "0xef", "plain.disc"];
    run(folder, ...make, ...partitions, ...appended, "-o", "hybrid.disc", "a");
    for (const disc of ["plain.disc", "hybrid.disc"]) {
      expect(await startsOf(folder, disc)).toEqual([0]);
      expect(await namesOf(folder, disc, 1)).toEqual([["a.txt"]]);
    }
  });

  it("does not have the sessions of an image that it holds as a file", async () => {
    const folder = threeSessions();
    const settings = ["-padding", "0", "-map", "x.disc", "/x.iso", "-commit"];
    run(folder, "-dev", "stdio:outer.disc", ...settings, "-map", "x.disc", "/y.iso", "-commit", "-end");
    expect(await startsOf(folder, "outer.disc")).toHaveLength(2);
    run(folder, "-as", "mkisofs", "-quiet", "-R", "-o", "once.disc", "x.disc");
    expect(await startsOf(folder, "once.disc")).toEqual([0]);
  });
});

describeWith(["genisoimage"], "an image of genisoimage", () => {
  it.each([
    ["at its end", (end: number) => end],
    ["on a multiple of 16", (end: number) => Math.ceil(end / 16) * 16 + 1600],
    ["11,250 blocks behind", (end: number) => end + 11_250],
    ["11,400 blocks behind", (end: number) => end + 11_400],
    ["11,400 blocks behind a multiple of 16", (end: number) => Math.ceil(end / 16) * 16 + 11_400],
    ["11,402 blocks behind", (end: number) => end + 11_402],
    ["11,552 blocks behind", (end: number) => end + 11_552],
  ])("has a second session %s", async (_, startBehind) => {
    const folder = scratch({ "a/a": "a", "b/b": "b" });
    const run = (...argv: readonly string[]): void => {
      execFileSync("genisoimage", ["-quiet", "-R", ...argv], { cwd: folder, stdio: "ignore" });
    };
    run("-o", "first.iso", "-no-pad", "a");
    const first = readFileSync(join(folder, "first.iso"));
    const start = startBehind(first.length / BLOCK_BYTES);
    run("-M", "first.iso", "-C", `0,${start}`, "-o", "second.iso", "b");
    const second = readFileSync(join(folder, "second.iso"));
    const gap = Buffer.alloc(start * BLOCK_BYTES - first.length);
    writeFileSync(join(folder, "g.disc"), Buffer.concat([first, gap, second]));
    expect(statSync(join(folder, "g.disc")).size).toBeGreaterThan(start * BLOCK_BYTES);
    expect(await startsOf(folder, "g.disc")).toEqual([0, start]);
    expect(await namesOf(folder, "g.disc", 2)).toEqual([["a"], ["a", "b"]]);
  });
});
