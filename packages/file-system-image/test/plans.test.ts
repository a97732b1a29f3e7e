import { utimes } from "node:fs/promises";
import { join } from "node:path";
import {
  type Assessment,
  createPlugins,
  defineMechanism,
  type IMultisession,
  type Medium,
  native,
  type SessionPlan,
  unsupported,
} from "@multisession/core";
import { iso9660 } from "@multisession/iso9660";
import { Sequential, sequential } from "@multisession/sequential";
import { beforeEach, describe, expect, it } from "vitest";
import { closeDisc, FileSystemImage, recoverDisc } from "../src/index.ts";
import { allPlugins, insert, media, reopen, type TestDisc } from "./discs.ts";
import { hostFolder, MODIFIED, writeHost } from "./host-files.ts";
import { codeOf, contentsOf } from "./reading.ts";

const plugins = allPlugins();
const [bdR, , dvd] = media;
let disc: TestDisc;
let image: FileSystemImage;

function offer(mechanisms: readonly IMultisession[]): void {
  image.multisessionInterfaces = mechanisms;
}

beforeEach(async () => {
  disc = await insert(bdR.disc);
  image = await FileSystemImage.open(disc.recorder, plugins);
});

/** Records one session and then nothing more. */
class OnlyFirst extends Sequential {
  protected override _assess(medium: Medium): Assessment {
    return medium.status === "blank" ? native("the disc is blank") : unsupported("the disc is not blank");
  }
}

describe("a plan", () => {
  it("of a disc that is too small is refused, and says what is needed and what is free", async () => {
    await image.addBytes("/large", new Uint8Array(40_000_000));
    await expect(image.plan()).rejects.toMatchObject({
      code: "DISC_FULL",
      message: expect.stringMatching(/needs \d+ blocks/),
    });
    expect(image.medium.status).toBe("blank");
  });

  it("is stale after an edit, a rollback, and a burn", async () => {
    await image.addBytes("/a", Buffer.from("a"));
    const plan = await image.plan();
    await image.addBytes("/b", Buffer.from("b"));
    expect(await codeOf(() => image.burn(plan))).toBe("STALE");
    image.rollbackToChangePoint(1);
    expect(await codeOf(() => image.burn(plan))).toBe("STALE");
    const again = await image.plan();
    await image.burn(again);
    expect(await codeOf(() => image.burn(again))).toBe("STALE");
  });

  it("has nothing of an edit that runs beside it, which may fail and be undone", async () => {
    await image.addBytes("/a", Buffer.from("a"));
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const plan = await image.plan();
    const planning = image.plan();
    const adding = image.addStream("/half/done", failingAfter(gate));
    expect(await codeOf(() => planning)).toBe("STALE");
    expect(await codeOf(() => plan.changes())).toBe("STALE");
    open();
    await expect(adding).rejects.toThrow("no more");
    expect((await plan.changes()).added.map(({ path }) => path)).toEqual(["/a"]);
    await expect(image.burn(plan)).resolves.toMatchObject({ outcome: "done" });
  });

  it("belongs to its image", async () => {
    const other = await FileSystemImage.open(disc.recorder, plugins);
    const plan = await other.plan();
    expect(await codeOf(() => image.burn(plan))).toContain("TypeError");
  });

  it("is refused once the disc was changed by somebody else, and the image goes on after a refresh", async () => {
    await image.addBytes("/mine", Buffer.from("mine"));
    const plan = await image.plan();
    const other = await FileSystemImage.open(disc.recorder, plugins);
    await other.addBytes("/theirs", Buffer.from("theirs"));
    await other.burn(await other.plan());
    expect(await codeOf(() => image.burn(plan))).toBe("WRONG_DISC");
    expect(await codeOf(() => image.plan())).toBe("STALE");
    expect(await codeOf(() => image.refresh())).toBe("STALE");
    image.rollbackToChangePoint(0);
    await image.refresh();
    expect(await contentsOf(image)).toEqual({ "/theirs": "theirs" });
  });

  it("keeps edits over a refresh when their base is still on the disc", async () => {
    await image.addBytes("/a", Buffer.from("a"));
    await image.burn(await image.plan());
    await image.addBytes("/b", Buffer.from("b"));
    await image.refresh();
    expect(await contentsOf(image)).toEqual({ "/a": "a", "/b": "b" });
    disc.virtual.arm([{ fault: "power-cut", after: "block", count: 20 }]);
    const plan = await image.plan();
    expect(await codeOf(() => image.burn(plan))).not.toBe("no error");
    disc.virtual.powerOn();
    await image.refresh();
    await recoverDisc(disc.recorder, plugins);
    await image.refresh();
    await image.burn(await image.plan());
    expect(await contentsOf(image)).toEqual({ "/a": "a", "/b": "b" });
  });

  it("tells consequences, and what the file system had to change", async () => {
    await image.addBytes(`/${"long name ".repeat(24)}`, Buffer.from("x"));
    const { plan, notes } = await image.plan();
    expect(plan.intent).toBe("first");
    expect(plan.consequences.join()).toContain("interrupted");
    expect(Array.isArray(notes)).toBe(true);
  });

  it("names the volume: as it was set, as it was imported, or by the date", async () => {
    await image.addBytes("/a", Buffer.from("a"));
    const today = new Date();
    expect(image.volumeName).toBe(
      `${today.getFullYear()}${String(today.getMonth() + 1).padStart(2, "0")}${String(today.getDate()).padStart(2, "0")}`,
    );
    image.volumeName = "HOLIDAY";
    await image.burn(await image.plan());
    expect([image.volumeName, image.importedVolumeName]).toEqual(["HOLIDAY", "HOLIDAY"]);
    image.volumeName = "HOLIDAY 2";
    await image.burn(await image.plan());
    expect(image.history.states.map(({ label }) => label)).toEqual(["HOLIDAY", "HOLIDAY 2"]);
    expect(await codeOf(() => FileSystemImage.open(disc.recorder, plugins, { volumeName: "" }))).toBe(
      "INVALID_VOLUME_NAME",
    );
  });
});

describe("a burn", () => {
  it("keeps everything else waiting", async () => {
    let goOn = (): void => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* heldUp(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(1000);
      await held;
      yield Buffer.alloc(1000);
    }
    await image.addStream("/a", heldUp(), { bytes: 2000 });
    const plan = await image.plan();
    const burning = image.burn(plan);
    const other = await FileSystemImage.open(await reopen(disc.virtual), plugins).catch(() => undefined);
    expect(await codeOf(() => image.burn(plan))).toBe("BUSY");
    expect(await codeOf(() => image.plan())).toBe("BUSY");
    expect(await codeOf(() => image.addBytes("/b", Buffer.of()))).toBe("BUSY");
    expect(await codeOf(() => image.refresh())).toBe("BUSY");
    expect(await codeOf(() => image.close())).toBe("BUSY");
    expect(await codeOf(() => offer(image.multisessionInterfaces))).toBe("BUSY");
    expect(await codeOf(() => FileSystemImage.open(disc.recorder, plugins))).toBe("BUSY");
    expect(await codeOf(() => closeDisc(disc.recorder, plugins, { consent: ["close-disc"] }))).toBe("BUSY");
    goOn();
    expect((await burning).outcome).toBe("done");
    expect(await contentsOf(image)).toHaveProperty("/a");
    await other?.close();
  });

  it("that was cancelled says what it cost", async () => {
    await image.addBytes("/a", Buffer.alloc(2_000_000));
    const stop = new AbortController();
    const burning = image.burn(await image.plan(), {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "progress" && event.doneBlocks > 100) stop.abort();
      },
    });
    await expect(burning).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("that was cancelled while it was read back says that the session is recorded, and it is", async () => {
    await image.addBytes("/a", Buffer.alloc(2_000_000));
    const stop = new AbortController();
    const burning = image.burn(await image.plan(), {
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === "progress" && event.activity === "verify") stop.abort();
      },
    });
    await expect(burning).rejects.toMatchObject({ code: "CANCELLED", message: expect.stringContaining("is recorded") });
    expect(image.base?.index).toBe(0);
    await image.addBytes("/b", Buffer.from("b"));
    await image.burn(await image.plan());
    expect((await image.list()).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  it("is done also when the disc takes nothing more", async () => {
    const once = defineMechanism({
      ...sequential(),
      id: "once",
      create: (context) => new OnlyFirst("once", context),
    });
    const limited = createPlugins(iso9660(), once);
    const only = await FileSystemImage.open(disc.recorder, limited);
    await only.addBytes("/a", Buffer.from("a"));
    expect((await only.burn(await only.plan())).outcome).toBe("done");
    expect(only.mechanism.id).toBe("once");
    expect(await contentsOf(only)).toEqual({ "/a": "a" });
  });

  it("fails when what is read back differs from what was read from the sources, and names the file", async () => {
    await image.addBytes("/a", Buffer.from("a".repeat(3000)));
    await image.addBytes("/b", Buffer.from("b".repeat(3000)));
    const plan = await image.plan();
    const at = image.progressItems(plan).itemFromDescription("/b")?.firstBlock ?? 0;
    const damages: string[] = [];
    disc.virtual.arm([{ fault: "bad-block", on: "read", at }]);
    const burning = image.burn(plan, {
      onEvent: (event) => {
        if (event.type === "damage") damages.push(event.label);
      },
    });
    await expect(burning).rejects.toMatchObject({
      code: "VERIFY_FAILED",
      message: expect.stringContaining("/b at block"),
    });
    expect(damages).toEqual(["/b"]);
  });
});

describe("progress items", () => {
  it("tell which file a block belongs to, as IMAPI2's do", async () => {
    await image.addBytes("/a", Buffer.alloc(5000));
    await image.addBytes("/dir/b", Buffer.alloc(1));
    const plan = await image.plan();
    const items = image.progressItems(plan);
    const a = items.itemFromDescription("/a");
    expect(a).toMatchObject({ description: "/a", blockCount: 3 });
    expect(items.itemFromBlock(a?.lastBlock ?? 0)).toEqual(a);
    expect(items.itemFromBlock((a?.lastBlock ?? 0) + 1)?.description).toBe("/dir/b");
    expect(items.itemFromBlock(16_000)).toBeUndefined();
    expect(items.itemFromDescription("/c")).toBeUndefined();
    const all = [...items];
    expect(all).toHaveLength(items.count);
    expect(all.at(-1)).toMatchObject({ description: "trailer" });
    expect(items.item(items.count - 1)).toEqual(all.at(-1));
    expect(items.item(items.count)).toBeUndefined();
    expect(all.reduce((sum, { blockCount }) => sum + blockCount, 0)).toBe(
      plan.plan.steps.reduce((sum, step) => (step.step === "write" ? sum + step.blocks : sum), 0),
    );
  });

  it("give what is written last where a block is written twice", async () => {
    const { recorder } = await insert(dvd.disc);
    const first = await FileSystemImage.open(recorder, plugins);
    await first.addBytes("/a", Buffer.from("a"));
    await first.burn(await first.plan());
    const anew = await FileSystemImage.open(recorder, plugins, { isNewVolume: true });
    const plan = await anew.plan({ consent: ["give-up-sessions"] });
    const phases = plan.planned.shape?.phases ?? [];
    expect(phases.map(({ kind }) => kind)).toEqual(["invalidate", "payload", "commit"]);
    const commit = phases[2]?.extents.find(({ at }) => at >= 16);
    expect(anew.progressItems(plan).itemFromBlock(16)?.description).toBe(commit?.label);
  });
});

describe("a saved plan", () => {
  async function approved(): Promise<{ json: string; folder: string; plan: SessionPlan }> {
    const folder = await hostFolder({ a: "a", "dir/b": "b" });
    await utimes(join(folder, "dir"), MODIFIED / 1000, MODIFIED / 1000);
    await image.add(folder);
    const { plan } = await image.plan();
    return { json: JSON.stringify(plan), folder, plan };
  }

  async function scannedAgain(folder: string, options: { volumeName?: string } = {}): Promise<FileSystemImage> {
    const again = await FileSystemImage.open(disc.recorder, plugins, options);
    await again.add(folder);
    return again;
  }

  it("is burnt by another program run that scans the same files", async () => {
    const { json, folder, plan } = await approved();
    const again = await scannedAgain(folder);
    const report = await again.burnSaved(json);
    expect(report.outcome).toBe("done");
    expect(report.history.states).toMatchObject([{ record: { ...plan.fixed } }]);
    expect(await contentsOf(again)).toEqual({ "/a": "a", "/dir/": "", "/dir/b": "b" });
  });

  it("of an append holds for the same base", async () => {
    const { folder } = await approved();
    await image.burn(await image.plan());
    await writeHost(join(folder, "c"), "c");
    await image.add(folder);
    const json = JSON.stringify((await image.plan()).plan);
    const again = await scannedAgain(folder);
    expect((await again.matchPlan(FileSystemImage.planFromJSON(json))).plan).toEqual(JSON.parse(json));
  });

  it.each<[string, RegExp, (folder: string) => Promise<unknown>]>([
    [
      "a file that grew by a block",
      /the files: .*\n.*step 1: planned/s,
      (folder) => writeHost(join(folder, "a"), "x".repeat(70_000)),
    ],
    ["a file that was touched", /the files: /, (folder) => utimes(join(folder, "a"), 1000, 1000)],
    ["a new file", /the files: /, (folder) => writeHost(join(folder, "new"), "")],
  ])("is refused because of %s", async (_, difference, change) => {
    const { json, folder } = await approved();
    await change(folder);
    const again = await scannedAgain(folder);
    await expect(again.burnSaved(json)).rejects.toMatchObject({
      code: "PLAN_DIFFERS",
      message: expect.stringMatching(difference),
    });
    expect((await disc.recorder.medium({ refresh: true })).status).toBe("blank");
  });

  it.each<[string, RegExp, (plan: SessionPlan) => object]>([
    ["another mechanism", /the mechanism: planned bdr-pow, now sequential/, () => ({ mechanism: "bdr-pow" })],
    ["other file systems", /the file systems: planned \["udf"\], now \["iso9660"\]/, () => ({ fileSystems: ["udf"] })],
    ["another intent", /what is done: planned append, now first/, () => ({ intent: "append" })],
    ["another cost", /the cost: /, () => ({ cost: [{ resource: "blocks", amount: 1 }] })],
    ["another reserve", /the room kept for repair: planned 1,/, () => ({ reserve: 1 })],
    ["a step that was taken out", /step \d+: planned nothing, now/, ({ steps }) => ({ steps: steps.slice(0, -1) })],
    [
      "another volume name",
      /the new session: .*OTHER/,
      ({ state }) => ({ state: { ...state, label: "OTHER", end: 1 } }),
    ],
  ])("is refused because of %s", async (_, difference, change) => {
    const { folder, plan } = await approved();
    const again = await scannedAgain(folder);
    await expect(again.burnSaved(JSON.stringify({ ...plan, ...change(plan) }))).rejects.toMatchObject({
      code: "PLAN_DIFFERS",
      message: expect.stringMatching(difference),
    });
  });

  it("is refused because of a volume name that is set to another", async () => {
    const { json, folder } = await approved();
    const again = await scannedAgain(folder, { volumeName: "OTHER" });
    expect(await codeOf(() => again.burnSaved(json))).toBe("PLAN_DIFFERS");
  });

  it("is refused for another disc, and for this one in another state", async () => {
    const { json, folder } = await approved();
    const { recorder } = await insert({ ...bdR.disc, capacity: 32_768 });
    const elsewhere = await FileSystemImage.open(recorder, plugins);
    await elsewhere.add(folder);
    expect(await codeOf(() => elsewhere.burnSaved(json))).toBe("WRONG_DISC");
    await image.burn(await image.plan());
    expect(await codeOf(() => image.burnSaved(json))).toBe("WRONG_DISC");
  });

  it.each<[string, (json: string) => string]>([
    ["is cut off", (json) => json.slice(0, -10)],
    ["is no object", () => "7"],
    ["is null", () => "null"],
    ["is of a newer format", (json) => json.replace('"format":1', '"format":2')],
    ["has no steps", (json) => json.replace('"steps"', '"stepz"')],
    ["has a life that is none", (json) => json.replace(/"life":"\w{2}/, '"life":"zz')],
    ["has a time that is none", (json) => json.replace(/"time":\d+/, '"time":-1')],
    ["names a consequence by number", (json) => json.replace('"consent":[]', '"consent":[1]')],
  ])("that %s is invalid", async (_, damage) => {
    const { json } = await approved();
    const damaged = damage(json);
    expect(damaged).not.toBe(json);
    expect(await codeOf(() => image.burnSaved(damaged))).toBe("PLAN_INVALID");
  });

  it("whose identity does not continue the life of the disc is invalid", async () => {
    const { folder, plan } = await approved();
    expect(
      await codeOf(() => image.burnSaved(JSON.stringify({ ...plan, fixed: { ...plan.fixed, sequence: 2 } }))),
    ).toBe("PLAN_INVALID");
    await image.burn(await image.plan());
    await image.add(folder, { into: "/again" });
    const next = (await image.plan()).plan;
    const other = { ...next, fixed: { ...next.fixed, life: "f".repeat(32) } };
    expect(await codeOf(() => image.burnSaved(JSON.stringify(other)))).toBe("PLAN_INVALID");
    expect(await codeOf(() => image.matchPlan(next))).toBe("no error");
  });

  it("that closes the disc holds its consent", async () => {
    await approved();
    const { plan } = await image.plan({ close: "disc", consent: ["close-disc"] });
    const report = await image.burnSaved(JSON.stringify(plan));
    expect(report.medium.status).toBe("complete");
  });
});

// biome-ignore lint/correctness/useYield: It gives nothing.
async function* failingAfter(gate: Promise<void>): AsyncGenerator<Uint8Array> {
  await gate;
  throw new TypeError("no more");
}
