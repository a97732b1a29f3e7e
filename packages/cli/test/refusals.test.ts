import { chmodSync, copyFileSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONTRACT } from "@multisession/core";
import { type Fault, virtual } from "@multisession/driver-virtual";
import { describe, expect, it } from "vitest";
import { cli, type Outcome, type Surroundings } from "./support/cli.ts";
import { driverText } from "./support/plugin-text.ts";
import { scratch, write } from "./support/scratch.ts";

/** Runs something without the rights of root, who may read everything. */
async function asNobody<T>(run: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return run();
  process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    process.seteuid?.(0);
  }
}

/** Changes the state file and keeps the sound one beside it. */
function keepingState(folder: string, change: (text: string) => string): void {
  const file = join(folder, "my.disc.state");
  copyFileSync(file, join(folder, "kept.state"));
  writeFileSync(file, change(readFileSync(file, "latin1")), "latin1");
}

function restoreState(folder: string): void {
  copyFileSync(join(folder, "kept.state"), join(folder, "my.disc.state"));
}

/** A folder with a disc of one session, and things that go wrong. */
async function prepared(medium = "bd-r", capacity = "2048 blocks"): Promise<string> {
  const folder = scratch({
    "photos/a.txt": "first\n",
    "photos/b.txt": "b\n",
    "large/file.bin": new Uint8Array(6_000_000),
  });
  expect((await cli(folder, ["new", "my.disc", "--medium", medium, "--capacity", capacity])).code).toBe(0);
  expect((await cli(folder, ["burn", "my.disc", "photos"])).code).toBe(0);
  return folder;
}

/** What was recorded can still be read, byte for byte. */
async function expectNothingLost(folder: string): Promise<void> {
  const { json } = await cli(folder, ["verify", "my.disc", "--session", "1", "--json"]);
  expect(json.verification).toMatchObject({ outcome: "good" });
  expect((await cli(folder, ["extract", "my.disc", "a.txt", "-o", "kept", "--session", "1"])).code).toBe(0);
  expect(readFileSync(join(folder, "kept/a.txt"), "utf8")).toBe("first\n");
}

function expectRefusal({ code, stderr, json }: Outcome, exitCode: number, name: string): void {
  expect(json).toMatchObject({ kind: "error", exitCode, error: { code: name } });
  expect(code).toBe(exitCode);
  expect(json.error.advice).not.toBe("");
  expect(stderr).toContain(json.error.message.split("\n")[0]);
  expect(stderr).toContain(json.error.advice);
  expect(stderr).toContain(name);
}

const withFaults = (...faults: readonly Fault[]): Surroundings => ({ plugins: [virtual({ faults })] });

interface Case {
  readonly name: string;
  readonly code: string;
  readonly exit: number;
  readonly medium?: string;
  readonly argv: readonly string[];
  readonly before?: (folder: string) => unknown;
  readonly after?: (folder: string) => unknown;
  readonly surroundings?: Surroundings;
  readonly message?: RegExp;
}

const cases: readonly Case[] = [
  {
    name: "a path that is not there",
    code: "SOURCE_UNREADABLE",
    exit: 3,
    argv: ["burn", "my.disc", "missing"],
    message: /missing cannot be read: there is no such file or folder\.\n/,
  },
  {
    name: "a path below a file",
    code: "SOURCE_UNREADABLE",
    exit: 3,
    argv: ["burn", "my.disc", "photos/a.txt/below"],
    message: /a file stands where a folder must be/,
  },
  {
    name: "one path of two that is not there",
    code: "SOURCE_UNREADABLE",
    exit: 3,
    argv: ["burn", "my.disc", "photos", "missing"],
  },
  { name: "more than fits", code: "DISC_FULL", exit: 3, argv: ["plan", "my.disc", "large"] },
  { name: "more than fits, without a plan", code: "DISC_FULL", exit: 3, argv: ["burn", "my.disc", "large"] },
  {
    name: "a path that leads to nothing",
    code: "DEVICE_NOT_FOUND",
    exit: 3,
    argv: ["info", "nothing-here"],
    message: /nothing-here does not exist\.\n.*multisession new .*nothing-here --medium bd-r/,
  },
  { name: "a folder as a disc", code: "DEVICE_NOT_FOUND", exit: 3, argv: ["info", "photos"], message: /is a folder/ },
  {
    name: "a file that is no disc",
    code: "UNKNOWN_DEVICE",
    exit: 3,
    argv: ["info", "photos/a.txt"],
    message: /no .*a\.txt\.state is beside it/,
  },
  { name: "a disc below a file", code: "DEVICE_NOT_FOUND", exit: 3, argv: ["sessions", "my.disc/x.disc"] },
  { name: "a disc below a file, checked", code: "DEVICE_NOT_FOUND", exit: 3, argv: ["check", "my.disc/x"] },
  { name: "a folder, checked", code: "DEVICE_NOT_FOUND", exit: 3, argv: ["check", "photos"], message: /is a folder/ },
  {
    name: "a disc whose link leads to itself",
    code: "DEVICE_NOT_FOUND",
    exit: 3,
    argv: ["ls", "loop.disc"],
    before: (folder) => symlinkSync("loop.disc", join(folder, "loop.disc")),
    message: /round in a circle/,
  },
  {
    name: "a new disc in a folder that is not there",
    code: "INVALID_PATH",
    exit: 3,
    argv: ["new", "nowhere/x.disc", "--medium", "bd-r"],
    message: /folder that exists/,
  },
  {
    name: "a scheme that no driver knows",
    code: "UNKNOWN_DEVICE",
    exit: 3,
    argv: ["info", "floppy:a"],
    message: /scheme "floppy:"/,
  },
  { name: "a disc file that is not there", code: "DEVICE_NOT_FOUND", exit: 3, argv: ["info", "other.disc"] },
  {
    name: "a disc file that exists already",
    code: "DISC_FILE_EXISTS",
    exit: 3,
    argv: ["new", "my.disc", "--medium", "bd-r"],
  },
  {
    name: "a session that is not there",
    code: "UNKNOWN_SESSION",
    exit: 3,
    argv: ["ls", "my.disc", "--session", "7"],
    message: /only session 1/,
  },
  {
    name: "a file on the disc that is not there",
    code: "ITEM_NOT_FOUND",
    exit: 3,
    argv: ["ls", "my.disc", "nope.txt"],
  },
  { name: "a file where a folder must be", code: "NOT_A_DIRECTORY", exit: 3, argv: ["ls", "my.disc", "a.txt/b"] },
  {
    name: "a pattern that matches nothing",
    code: "ITEM_NOT_FOUND",
    exit: 3,
    argv: ["burn", "my.disc", "--remove", "*.nope"],
  },
  {
    name: "a rename of what is not there",
    code: "ITEM_NOT_FOUND",
    exit: 3,
    argv: ["burn", "my.disc", "--rename", "x=y"],
  },
  {
    name: "a rename onto what is there",
    code: "ITEM_EXISTS",
    exit: 3,
    argv: ["burn", "my.disc", "--rename", "a.txt=b.txt"],
  },
  {
    name: "a volume name that is too long",
    code: "INVALID_VOLUME_NAME",
    exit: 3,
    argv: ["burn", "my.disc", "--volume", "x".repeat(40)],
  },
  {
    name: "a mechanism that is not registered",
    code: "PLUGIN_NOT_INSTALLED",
    exit: 3,
    argv: ["plan", "my.disc", "photos", "--mechanism", "packet"],
  },
  {
    name: "a mechanism that does not fit",
    code: "NO_COMPATIBLE_MULTISESSION_TYPE",
    exit: 3,
    argv: ["plan", "my.disc", "photos", "--mechanism", "random-write"],
  },
  {
    name: "a new volume on a write-once disc",
    code: "NOT_BLANK",
    exit: 3,
    argv: ["burn", "my.disc", "photos", "--new-volume"],
  },
  {
    name: "a plugin that is not installed",
    code: "PLUGIN_NOT_INSTALLED",
    exit: 3,
    argv: ["info", "my.disc", "--plugin", "nowhere"],
  },
  {
    name: "a plugin that fails to load",
    code: "PLUGIN_FAILED",
    exit: 3,
    argv: ["info", "my.disc", "--plugin", "./bad.mjs"],
    before: (folder) => write(folder, { "bad.mjs": "throw new Error('no luck today');" }),
    message: /no luck today/,
  },
  {
    name: "a plugin of another contract",
    code: "PLUGIN_CONTRACT",
    exit: 3,
    argv: ["info", "my.disc", "--plugin", "./later.mjs"],
    before: (folder) => write(folder, { "later.mjs": `export default ${driverText("later", CONTRACT + 1)};` }),
    message: new RegExp(`contract ${CONTRACT + 1}`),
  },
  {
    name: "a closed disc",
    code: "DISC_CLOSED",
    exit: 3,
    argv: ["burn", "my.disc", "large"],
    before: (folder) => cli(folder, ["close", "my.disc", "--accept", "close-disc"]),
  },
  {
    name: "a plan for another disc",
    code: "WRONG_DISC",
    exit: 3,
    argv: ["burn", "my.disc", "--plan", "plan.json"],
    before: async (folder) => {
      write(folder, { "photos/c.txt": "c" });
      await cli(folder, ["new", "other.disc", "--medium", "bd-r", "--capacity", "4096 blocks"]);
      await cli(folder, ["plan", "other.disc", "photos", "-o", "plan.json"]);
    },
  },
  {
    name: "a plan for this disc before another burn",
    code: "WRONG_DISC",
    exit: 3,
    argv: ["burn", "my.disc", "--plan", "plan.json"],
    before: async (folder) => {
      write(folder, { "photos/c.txt": "c" });
      await cli(folder, ["plan", "my.disc", "photos", "-o", "plan.json"]);
      await cli(folder, ["burn", "my.disc", "photos"]);
    },
  },
  {
    name: "a plan whose files have changed",
    code: "PLAN_DIFFERS",
    exit: 3,
    argv: ["burn", "my.disc", "--plan", "plan.json"],
    before: async (folder) => {
      write(folder, { "photos/c.txt": "c" });
      await cli(folder, ["plan", "my.disc", "photos", "-o", "plan.json"]);
      write(folder, { "photos/c.txt": "c, and more" });
    },
  },
  {
    name: "a plan that is no plan",
    code: "PLAN_INVALID",
    exit: 3,
    argv: ["burn", "my.disc", "--plan", "plan.json"],
    before: (folder) => write(folder, { "plan.json": `{ "version": 1, "kind": "info" }` }),
  },
  {
    name: "a plan that is not there",
    code: "SOURCE_UNREADABLE",
    exit: 3,
    argv: ["burn", "my.disc", "--plan", "none.json"],
  },
  {
    name: "a failing write",
    code: "WRITE_FAILED",
    exit: 4,
    argv: ["burn", "my.disc", "photos/c.txt"],
    before: (folder) => write(folder, { "photos/c.txt": "c" }),
    surroundings: withFaults({ fault: "sense", opcode: 0x2a, sense: { key: 3, asc: 0x0c, ascq: 0 } }),
    after: async (folder) => expect((await cli(folder, ["info", "my.disc", "--json"])).json.sessions).toHaveLength(1),
  },
  {
    name: "power that goes in the middle of a burn",
    code: "RECORDER_LOST",
    exit: 4,
    argv: ["burn", "my.disc", "photos/c.txt"],
    before: (folder) => write(folder, { "photos/c.txt": "c".repeat(200_000) }),
    surroundings: withFaults({ fault: "power-cut", after: "block", count: 50 }),
    after: async (folder) => {
      const { json } = await cli(folder, ["info", "my.disc", "--json"]);
      expect(json.condition).toBe("interrupted");
      expect(json.next[0]).toMatchObject({ action: "recover", isPossible: true });
      expect((await cli(folder, ["recover", "my.disc"])).code).toBe(0);
    },
  },
  {
    name: "power that goes in the middle of the head",
    code: "RECORDER_LOST",
    exit: 6,
    medium: "dvd+rw",
    argv: ["burn", "my.disc", "photos/c.txt"],
    before: (folder) => write(folder, { "photos/c.txt": "c" }),
    // The session is one chain unit of 32 blocks; the head's unit comes behind it.
    surroundings: withFaults({ fault: "power-cut", after: "block", count: 32 + 5 }),
    after: async (folder) => {
      const { json } = await cli(folder, ["info", "my.disc", "--json"]);
      expect(["torn-head", "whole"]).toContain(json.condition);
      if (json.condition === "torn-head") expect((await cli(folder, ["recover", "my.disc"])).code).toBe(0);
    },
  },
  {
    name: "a disc file of a newer version",
    code: "DISC_FILE_VERSION",
    exit: 3,
    argv: ["info", "my.disc"],
    before: (folder) => keepingState(folder, (text) => text.replace(/"version":1/, '"version":99')),
    after: restoreState,
  },
  {
    name: "a state file that is damaged",
    code: "DISC_FILE_DAMAGED",
    exit: 3,
    argv: ["info", "my.disc"],
    before: (folder) => keepingState(folder, () => "nonsense"),
    after: restoreState,
  },
  {
    name: "a disc file whose end is missing",
    code: "DISC_FILE_DAMAGED",
    exit: 3,
    argv: ["info", "my.disc"],
    before: (folder) => {
      copyFileSync(join(folder, "my.disc"), join(folder, "kept.disc"));
      truncateSync(join(folder, "my.disc"), 10_000);
    },
    after: (folder) => copyFileSync(join(folder, "kept.disc"), join(folder, "my.disc")),
  },
  {
    name: "a burn without the state file",
    code: "WRITE_PROTECTED",
    message: /state file/,
    exit: 3,
    argv: ["burn", "my.disc", "large"],
    before: (folder) => {
      keepingState(folder, (text) => text);
      rmSync(join(folder, "my.disc.state"));
    },
    after: restoreState,
  },
];

describe("what is refused or fails", () => {
  it.each(cases)("$name: $code, exit code $exit, nothing lost", async (test) => {
    const folder = await prepared(test.medium);
    await test.before?.(folder);
    const outcome = await cli(folder, [...test.argv, "--json"], test.surroundings);
    expectRefusal(outcome, test.exit, test.code);
    if (test.message) expect(outcome.stderr).toMatch(test.message);
    await test.after?.(folder);
    await expectNothingLost(folder);
  });

  it.skipIf(process.platform === "win32")("a file that may not be read: SOURCE_UNREADABLE, with its name", async () => {
    const folder = await prepared();
    write(folder, { "photos/secret.txt": "s" });
    for (const name of ["", "photos", "my.disc", "my.disc.state", "photos/a.txt", "photos/b.txt"])
      chmodSync(join(folder, name), 0o777);
    chmodSync(join(folder, "photos/secret.txt"), 0);
    const outcome = await asNobody(() => cli(folder, ["burn", "my.disc", "photos", "--json"]));
    expectRefusal(outcome, 3, "SOURCE_UNREADABLE");
    expect(outcome.stderr).toContain("secret.txt");
    await expectNothingLost(folder);
  });

  it.skipIf(process.platform !== "linux")(
    "a file that gives fewer bytes than it says: done, with damage, exit code 5",
    async () => {
      const folder = await prepared();
      // Files in sysfs say that they have 4096 bytes and give what they have.
      const { code, json, lines } = await cli(folder, [
        "burn",
        "my.disc",
        "/sys/kernel/mm/transparent_hugepage/enabled",
        "--json",
      ]);
      expect(code).toBe(5);
      expect(json).toMatchObject({ kind: "burn", outcome: "done-with-damage" });
      expect(lines).toContainEqual(expect.objectContaining({ event: expect.objectContaining({ type: "damage" }) }));
      await expectNothingLost(folder);
    },
  );
});

describe("a disc file that may not be read", () => {
  it.skipIf(process.platform === "win32")("is named with the reason, and is no mistake of the program", async () => {
    const folder = await prepared();
    chmodSync(folder, 0o777);
    chmodSync(join(folder, "my.disc"), 0);
    chmodSync(join(folder, "my.disc.state"), 0);
    const outcome = await asNobody(() => cli(folder, ["info", "my.disc", "--json"]));
    expectRefusal(outcome, 3, "multisession/disc-unreadable");
    expect(outcome.stderr).toMatch(/my\.disc.*you have no permission/);
  });
});
