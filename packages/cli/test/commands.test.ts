import { readFileSync, readlinkSync, statSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { virtualMedia } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli } from "./support/cli.ts";
import { scratch, write } from "./support/scratch.ts";

const files = { "photos/a.txt": "first\n", "photos/b.bin": "b".repeat(70_000), "photos/sub/deep.txt": "deep\n" };

/** A folder with `my.disc`, blank, and `photos`. */
async function withDisc(medium: string, ...options: readonly string[]): Promise<string> {
  const folder = scratch(files);
  symlinkSync("a.txt", join(folder, "photos/link"));
  const made = await cli(folder, ["new", "my.disc", "--medium", medium, "--capacity", "4096 blocks", ...options]);
  expect(made.stderr).toBe("");
  expect(made.code).toBe(0);
  return folder;
}

/** The same with session 1, and with session 2 behind it: one added, one replaced, one renamed, one removed. */
async function withTwoSessions(medium: string): Promise<string> {
  const folder = await withDisc(medium);
  expect((await cli(folder, ["burn", "my.disc", "photos", "--volume", "PHOTOS"])).code).toBe(0);
  write(folder, { "photos/a.txt": "second, and longer\n", "photos/new.txt": "new\n" });
  const second = ["burn", "my.disc", "photos/a.txt", "photos/new.txt", "--rename", "b.bin=c.bin", "--remove", "sub/**"];
  expect((await cli(folder, second)).code).toBe(0);
  return folder;
}

const media = [
  { medium: "bd-r", mechanism: "sequential" },
  { medium: "dvd+rw", mechanism: "random-write" },
  { medium: "bd-r-pow", mechanism: "bdr-pow" },
];

describe.each(media)("on $medium", ({ medium, mechanism }) => {
  it("info says that the new disc is empty, and how to go on", async () => {
    const folder = await withDisc(medium);
    const told = await cli(folder, ["info", "my.disc"]);
    expect(told.stdout).toContain("empty: nothing is recorded");
    expect(told.stdout).toContain("multisession plan my.disc FOLDER");
    const { json, code } = await cli(folder, ["info", "my.disc", "--json"]);
    expect(code).toBe(0);
    expect(json).toMatchObject({ condition: "empty", mechanism, sessions: [], medium: { kind: medium } });
    expect(json.freeBlocks).toBe(json.medium.capacity);
    expect(json.next[0]).toMatchObject({ action: "first", isPossible: true });
  });

  it("explain gives a verdict with a reason for every mechanism, and chooses one", async () => {
    const folder = await withDisc(medium);
    const { json } = await cli(folder, ["explain", "my.disc", "--json"]);
    const chosen = json.verdicts.filter(({ isChosen }: { isChosen: boolean }) => isChosen);
    expect(chosen).toMatchObject([{ mechanism, fileSystem: "iso9660" }]);
    expect(json.verdicts).toHaveLength(3);
    for (const { reason } of json.verdicts) expect(reason).not.toBe("");
    const told = await cli(folder, ["explain", "my.disc"]);
    expect(told.stdout).toContain(`→ ${mechanism} is used.`);
    for (const { mechanism: id } of json.verdicts) expect(told.stdout).toContain(id);
  });

  it("plan shows changes, cost and steps, and writes nothing", async () => {
    const folder = await withDisc(medium);
    const before = readFileSync(join(folder, "my.disc.state"));
    const told = await cli(folder, ["plan", "my.disc", "photos"]);
    expect(told.code).toBe(0);
    for (const part of ["+ 5 added", "/sub/deep.txt", "Space", "Free afterwards", "Steps", "Nothing was written."])
      expect(told.stdout).toContain(part);
    const { json } = await cli(folder, ["plan", "my.disc", "photos", "--json"]);
    expect(json.plan).toMatchObject({ intent: "first", mechanism });
    expect(json.changes.added.map(({ path }: { path: string }) => path)).toContain("/sub/deep.txt");
    expect(readFileSync(join(folder, "my.disc.state")).equals(before)).toBe(true);
    expect((await cli(folder, ["info", "my.disc", "--json"])).json.condition).toBe("empty");
  });

  it("burn records two sessions, and both can be listed", async () => {
    const folder = await withTwoSessions(medium);
    const { json } = await cli(folder, ["sessions", "my.disc", "--json"]);
    expect(json.condition).toBe("whole");
    expect(json.sessions).toMatchObject([
      { number: 1, label: "PHOTOS", isCurrent: false },
      { number: 2, label: "PHOTOS", isCurrent: true },
    ]);
    const paths = async (...options: readonly string[]): Promise<readonly string[]> =>
      (await cli(folder, ["ls", "my.disc", "-R", "--json", ...options])).json.entries.map(
        ({ path }: { path: string }) => path,
      );
    expect([...(await paths("--session", "1"))].sort()).toEqual(["/a.txt", "/b.bin", "/link", "/sub", "/sub/deep.txt"]);
    expect([...(await paths())].sort()).toEqual(["/a.txt", "/c.bin", "/link", "/new.txt"]);
    const long = await cli(folder, ["ls", "my.disc", "-l"]);
    expect(long.stdout).toMatch(/^-rw-r--r-- +70,000 {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}c\.bin$/m);
    expect(long.stdout).toContain("link -> a.txt");
  });

  it("burn --json tells events, and the report last", async () => {
    const folder = await withDisc(medium);
    const { lines, json, code } = await cli(folder, ["burn", "my.disc", "photos", "--json"]);
    expect(code).toBe(0);
    const events = lines.slice(0, -1);
    expect(events.every(({ kind }) => kind === "event")).toBe(true);
    const activities = new Set(events.map(({ event }) => event.activity));
    for (const activity of ["payload", "verify"]) expect(activities).toContain(activity);
    expect(json).toMatchObject({
      kind: "burn",
      outcome: "done",
      session: 1,
      damaged: [],
      verification: { outcome: "good" },
    });
    const steps = events.filter(({ event }) => event.type === "step");
    expect(steps.map(({ event }) => event.step)).toEqual(json.plan.steps);
  });

  it("extract restores contents, folders, links, permissions and times, of either session", async () => {
    const folder = await withTwoSessions(medium);
    const { json, code } = await cli(folder, ["extract", "my.disc", "/", "-o", "old", "--session", "1", "--json"]);
    expect(code).toBe(0);
    expect(json).toMatchObject({ files: 3, folders: 1, links: 1, verified: 3, problems: [] });
    expect(readFileSync(join(folder, "old/a.txt"), "utf8")).toBe("first\n");
    expect(readlinkSync(join(folder, "old/link"))).toBe("a.txt");
    expect(readFileSync(join(folder, "old/sub/deep.txt"), "utf8")).toBe("deep\n");
    const [was, is] = [statSync(join(folder, "photos/b.bin")), statSync(join(folder, "old/b.bin"))];
    expect(is.mode).toBe(was.mode);
    expect(Math.floor(is.mtimeMs / 1000)).toBe(Math.floor(was.mtimeMs / 1000));
    expect((await cli(folder, ["extract", "my.disc", "a.txt", "-o", "new"])).code).toBe(0);
    expect(readFileSync(join(folder, "new/a.txt"), "utf8")).toBe("second, and longer\n");
  });

  it("verify finds both sessions as they were recorded", async () => {
    const folder = await withTwoSessions(medium);
    const { json, code } = await cli(folder, ["verify", "my.disc", "--json"]);
    expect(code).toBe(0);
    expect(json.verification).toMatchObject({ outcome: "good", sessions: [{ number: 1 }, { number: 2 }] });
    const one = await cli(folder, ["verify", "my.disc", "--session", "2"]);
    expect(one.stdout).toContain("✓ Session 2: as it was recorded (5 files");
    expect(one.stdout).not.toContain("Session 1");
  });

  it("a burn that would change nothing writes nothing", async () => {
    const folder = await withDisc(medium);
    await cli(folder, ["burn", "my.disc", "photos"]);
    const { json, code } = await cli(folder, ["burn", "my.disc", "photos", "--json"]);
    expect(code).toBe(0);
    expect(json).toMatchObject({ outcome: "nothing-to-do", writtenBlocks: 0, session: 1 });
    expect((await cli(folder, ["sessions", "my.disc", "--json"])).json.sessions).toHaveLength(1);
  });

  it("plan says where a burn would write nothing, and a saved plan of it writes nothing", async () => {
    const folder = await withDisc(medium);
    expect((await cli(folder, ["plan", "my.disc", "photos", "--json"])).json.outcome).toBe("session");
    await cli(folder, ["burn", "my.disc", "photos"]);
    const told = await cli(folder, ["plan", "my.disc", "photos", "-o", "plan.json"]);
    expect(told.stdout).toContain("A burn would write nothing.");
    expect(told.stdout).not.toMatch(/Cost|Space|Steps/);
    expect((await cli(folder, ["plan", "my.disc", "photos", "--json"])).json.outcome).toBe("nothing-to-do");
    const { json, code } = await cli(folder, ["burn", "my.disc", "--plan", "plan.json", "--json"]);
    expect(code).toBe(0);
    expect(json).toMatchObject({ outcome: "nothing-to-do", writtenBlocks: 0, session: 1 });
    expect((await cli(folder, ["plan", "my.disc", "photos", "--volume", "OTHER", "--json"])).json.outcome).toBe(
      "session",
    );
  });

  it("a saved plan remembers paths and options, and is burned as it was approved", async () => {
    const folder = await withDisc(medium);
    const options = ["--into", "/backup", "--volume", "SAVED"];
    expect((await cli(folder, ["plan", "my.disc", "photos", "-o", "plan.json", ...options])).code).toBe(0);
    const saved = JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"));
    const { json, code } = await cli(scratch(), [
      "burn",
      join(folder, "my.disc"),
      "--plan",
      join(folder, "plan.json"),
      "--json",
    ]);
    expect(code).toBe(0);
    expect(json.plan).toEqual(saved.plan);
    expect((await cli(folder, ["ls", "my.disc", "backup"])).stdout).toContain("sub/");
  });

  it("a whole disc has nothing to recover, and what readers see already is not shown again", async () => {
    const folder = await withTwoSessions(medium);
    expect(await cli(folder, ["recover", "my.disc", "--json"])).toMatchObject({
      code: 3,
      json: { error: { code: "NOTHING_TO_RECOVER" } },
    });
    expect(await cli(folder, ["revert", "my.disc", "--session", "2", "--json"])).toMatchObject({
      code: 3,
      json: { error: { code: "ALREADY_CURRENT" } },
    });
  });

  it("reverts to an older session, keeps the newer one, and goes on from there", async () => {
    const folder = await withTwoSessions(medium);
    const list = async (...more: string[]): Promise<string> => (await cli(folder, ["ls", "my.disc", ...more])).stdout;
    const [first, second] = [await list("--session", "1"), await list("--session", "2")];
    const { code, stdout } = await cli(folder, ["revert", "my.disc", "--session", "1"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("Readers see session 1 again")]);
    expect([await list(), await list("--session", "2")]).toEqual([first, second]);
    expect((await cli(folder, ["sessions", "my.disc", "--json"])).json.sessions[2].isCurrent).toBe(true);
    expect((await cli(folder, ["verify", "my.disc"])).code).toBe(0);
    expect((await cli(folder, ["revert", "my.disc", "--session", "2"])).code).toBe(0);
    expect(await list()).toBe(second);
  });
});

describe("options of plan and burn", () => {
  it("--mirror makes the folder on the disc equal to the one here", async () => {
    const folder = await withTwoSessions("bd-r");
    const { json } = await cli(folder, ["plan", "my.disc", "photos", "--mirror", "--json"]);
    const names = (list: readonly { readonly path: string }[]): readonly string[] => list.map(({ path }) => path);
    expect(names(json.changes.added)).toContain("/sub/deep.txt");
    expect([
      ...names(json.changes.removed),
      ...json.changes.renamed.map(({ from }: { from: string }) => from),
    ]).toContain("/c.bin");
  });

  it("--compare hash sees a change that size and time do not show", async () => {
    const folder = await withDisc("dvd+rw");
    await cli(folder, ["burn", "my.disc", "photos"]);
    const { atime, mtime } = statSync(join(folder, "photos/a.txt"));
    write(folder, { "photos/a.txt": "FIRST\n" });
    utimesSync(join(folder, "photos/a.txt"), atime, mtime);
    const plan = (...options: readonly string[]) => cli(folder, ["plan", "my.disc", "photos", "--json", ...options]);
    expect((await plan()).json.changes.replaced).toEqual([]);
    expect((await plan("--compare", "hash")).json.changes.replaced).toMatchObject([{ path: "/a.txt" }]);
  });

  it("--session builds on an older session", async () => {
    const folder = await withTwoSessions("dvd+rw");
    write(folder, { "more/extra.txt": "extra" });
    expect((await cli(folder, ["burn", "my.disc", "more", "--session", "1"])).code).toBe(0);
    const { stdout } = await cli(folder, ["ls", "my.disc"]);
    expect(
      stdout
        .split("\n")
        .filter((line) => line !== "")
        .sort(),
    ).toEqual(["a.txt", "b.bin", "extra.txt", "link", "sub/"]);
  });

  it("--close disc closes for good, once it is accepted by name", async () => {
    const folder = await withDisc("bd-r");
    const refused = await cli(folder, ["burn", "my.disc", "photos", "--close", "disc"]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("add --accept close-disc");
    expect((await cli(folder, ["burn", "my.disc", "photos", "--close", "disc", "--accept", "close-disc"])).code).toBe(
      0,
    );
    expect((await cli(folder, ["info", "my.disc", "--json"])).json.medium.status).toBe("complete");
  });

  it.each(["dvd+rw", "bd-r-pow"])("--close disc is refused on %s, which has nothing to close", async (medium) => {
    const folder = await withDisc(medium);
    for (const command of ["plan", "burn"]) {
      const argv = [command, "my.disc", "photos", "--close", "disc", "--accept", "close-disc", "--json"];
      const { code, json } = await cli(folder, argv);
      expect(code).toBe(3);
      expect(json.error).toMatchObject({ code: "UNSUPPORTED_INTENT", advice: "Burn without closing the disc." });
    }
    expect((await cli(folder, ["info", "my.disc", "--json"])).json.condition).toBe("empty");
  });

  it("--new-volume gives up what was there, and nothing less does", async () => {
    const folder = await withTwoSessions("dvd+rw");
    write(folder, { "fresh/only.txt": "only" });
    expect((await cli(folder, ["burn", "my.disc", "fresh", "--new-volume"])).code).toBe(0);
    expect((await cli(folder, ["ls", "my.disc"])).stdout).toBe("only.txt\n");
    expect((await cli(folder, ["sessions", "my.disc", "--json"])).json.sessions).toHaveLength(1);
  });

  it("--mechanism bdr-pow formats a blank BD-R, once that is accepted by name", async () => {
    const folder = await withDisc("bd-r");
    const asked = ["burn", "my.disc", "photos", "--mechanism", "bdr-pow"];
    const refused = await cli(folder, asked);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("--accept irreversible-format");
    expect((await cli(folder, ["info", "my.disc", "--json"])).json.medium.kind).toBe("bd-r");
    expect((await cli(folder, [...asked, "--accept", "irreversible-format"])).code).toBe(0);
    expect((await cli(folder, ["info", "my.disc", "--json"])).json.medium.kind).toBe("bd-r-pow");
  });

  it("--no-verify does not read back, and says how to do it later", async () => {
    const folder = await withDisc("bd-r");
    const { stdout } = await cli(folder, ["burn", "my.disc", "photos", "--no-verify"]);
    expect(stdout).toContain("multisession verify my.disc");
    expect(stdout).not.toContain("Read back, and");
  });
});

describe("close", () => {
  it("closes a BD-R, once that is accepted by name", async () => {
    const folder = await withTwoSessions("bd-r");
    expect((await cli(folder, ["close", "my.disc"])).code).toBe(3);
    expect((await cli(folder, ["close", "my.disc", "--accept", "close-disc", "--json"])).json).toMatchObject({
      kind: "close",
    });
    const { json } = await cli(folder, ["info", "my.disc", "--json"]);
    expect(json).toMatchObject({ medium: { status: "complete" }, freeBlocks: 0, condition: "whole" });
    expect(json.next).toContainEqual(expect.objectContaining({ action: "append", isPossible: false }));
  });

  it.each(["dvd+rw", "bd-r-pow"])("is refused with a reason on %s, which has nothing to close", async (medium) => {
    const folder = await withTwoSessions(medium);
    const { code, stderr } = await cli(folder, ["close", "my.disc", "--accept", "close-disc"]);
    expect(code).toBe(3);
    expect(stderr).toContain("UNSUPPORTED_INTENT");
  });
});

describe("new", () => {
  it("--list shows every medium with its capacity", async () => {
    const { stdout } = await cli(scratch(), ["new", "--list"]);
    for (const { medium } of media) expect(stdout).toContain(medium);
    expect(stdout).toContain("25.0 GB");
    expect((await cli(scratch(), ["new", "--list", "--json"])).json.media).toHaveLength(virtualMedia.length);
  });

  it("--formatted makes a DVD+RW that needs no format", async () => {
    const folder = scratch();
    const made = async (...options: readonly string[]): Promise<boolean> =>
      (await cli(folder, ["new", `${options.length}.disc`, "--medium", "dvd+rw", "--json", ...options])).json
        .isFormatted;
    expect(await made()).toBe(false);
    expect(await made("--formatted")).toBe(true);
  });
});

describe("devices and plugins", () => {
  it("devices says what a disc file is when no drive is found", async () => {
    const { code, stdout } = await cli(scratch(), ["devices"]);
    expect(code).toBe(0);
    expect(stdout).toContain("multisession new");
    expect((await cli(scratch(), ["devices", "--json"])).json.devices).toEqual([]);
  });

  it("plugins lists the bundled ones", async () => {
    const { json } = await cli(scratch(), ["plugins", "--json"]);
    expect(json.plugins.map(({ id }: { id: string }) => id).sort()).toEqual([
      "bdr-pow",
      "imapi",
      "iso9660",
      "random-write",
      "sequential",
      "virtual",
    ]);
    expect((await cli(scratch(), ["plugins"])).stdout).toContain("bundled");
  });
});
