import { join } from "node:path";
import { bdrPow } from "@multisession/bdr-pow";
import { createPlugins } from "@multisession/core";
import { iso9660 } from "@multisession/iso9660";
import { randomWrite } from "@multisession/random-write";
import { sequential } from "@multisession/sequential";
import { describe, expect, it } from "vitest";
import { closeDisc, extract, FileSystemImage, openDisc, recoverDisc, verifyDisc } from "../src/index.ts";
import { allPlugins, insert, media, reopen } from "./discs.ts";
import { hostFolder, writeHost } from "./host-files.ts";
import { bytesOf, codeOf, contentsOf, textOf } from "./reading.ts";

const plugins = allPlugins();

/** Reads the names of the ISO 9660 tree, which others do where they know no extension. */
const plainReaders = createPlugins(iso9660({ prefer: ["plain"] }), sequential(), randomWrite(), bdrPow());

describe.each(media)("$name", ({ disc, mechanism }) => {
  it("records two sessions with what was added, replaced, renamed and removed, and keeps the first", async () => {
    const { virtual, recorder } = await insert(disc);
    const folder = await hostFolder({
      "a.txt": "one",
      "keep/b.txt": "bee",
      "gone.txt": "gone",
      "old name.txt": "moved",
    });
    const first = await FileSystemImage.open(recorder, plugins, { volumeName: "HOLIDAY" });
    await first.add(folder);
    expect(first.mechanism.id).toBe(mechanism);
    const report = await first.burn(await first.plan());
    expect(report.outcome).toBe("done");
    expect(report.verification).toMatchObject({ reload: "reloaded", report: { outcome: "good", contents: 4 } });
    await recorder.close();

    const again = await reopen(virtual);
    const second = await FileSystemImage.open(again, plugins);
    expect(second.volumeName).toBe("HOLIDAY");
    await writeHost(join(folder, "a.txt"), "two!");
    await writeHost(join(folder, "new/c.txt"), "new");
    const added = await second.add(folder);
    expect(added).toMatchObject({ added: 2, replaced: 1, unchanged: 3 });
    await second.rename("/old name.txt", "/keep/new name.txt");
    await second.remove("/gone.txt");
    const plan = await second.plan();
    expect(await plan.changes()).toMatchObject({
      added: [{ path: "/new" }, { path: "/new/c.txt", bytes: 3 }],
      replaced: [{ path: "/a.txt", bytes: 4 }],
      removed: [{ path: "/gone.txt" }],
      renamed: [{ from: "/old name.txt", path: "/keep/new name.txt" }],
      unchanged: { files: 1, bytes: 3 },
    });
    expect(plan.summary).toMatchObject({
      added: { items: 2, bytes: 3 },
      replaced: { items: 1, bytes: 4 },
      removed: { items: 1 },
      renamed: { items: 1 },
      attributes: { items: 0 },
      unchanged: { files: 1, bytes: 3 },
    });
    expect((await second.burn(plan)).verification?.report).toMatchObject({ outcome: "good", contents: 2 });
    await again.close();

    const reader = await reopen(virtual);
    expect(await contentsOf(await FileSystemImage.open(reader, plugins))).toEqual({
      "/a.txt": "two!",
      "/keep/": "",
      "/keep/b.txt": "bee",
      "/keep/new name.txt": "moved",
      "/new/": "",
      "/new/c.txt": "new",
    });
    const opened = await openDisc(reader, plugins);
    expect(opened.history).toMatchObject({ condition: "whole", states: [{ label: "HOLIDAY" }, { label: "HOLIDAY" }] });
    const old: Record<string, string> = {};
    for await (const { path, entry, bytes } of extract(reader, await opened.volume(1)))
      if (entry.kind === "file") old[path] = (await bytesOf(bytes())).toString();
    expect(old).toEqual({ "/a.txt": "one", "/gone.txt": "gone", "/keep/b.txt": "bee", "/old name.txt": "moved" });
    // All sessions: no file is read twice. One: all that its tree shows.
    const reports = async (options = {}): Promise<readonly (readonly [string, number])[]> =>
      (await verifyDisc(reader, plugins, options)).reports.map(({ outcome, contents }) => [outcome, contents]);
    expect(await reports()).toEqual([
      ["good", 4],
      ["good", 2],
    ]);
    expect(await reports({ session: 2 })).toEqual([["good", 6]]);
  });

  it("takes a further session in the same image after a burn", async () => {
    const { recorder } = await insert(disc);
    await using image = await FileSystemImage.open(recorder, plugins);
    expect(image.base).toBeUndefined();
    for (const [index, name] of ["one", "two", "three"].entries()) {
      await image.addBytes(`/${name}`, Buffer.from(name));
      const plan = await image.plan();
      expect(plan.summary.added).toEqual({ items: 1, bytes: name.length });
      await image.burn(plan, { verify: index === 0 });
      await expect(plan.changes()).rejects.toMatchObject({ code: "STALE" });
      expect(image.base?.index).toBe(index);
    }
    expect(await contentsOf(image)).toEqual({ "/one": "one", "/two": "two", "/three": "three" });
    expect(image.history.states).toHaveLength(3);
  });

  it("builds on an older session when it is asked for one", async () => {
    const { recorder } = await insert(disc);
    const image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/file", Buffer.from("first"));
    await image.burn(await image.plan(), { verify: false });
    await image.replace("/file", Buffer.from("second"));
    await image.burn(await image.plan(), { verify: false });

    const older = await FileSystemImage.open(recorder, plugins, { session: 1 });
    expect(await textOf(older, "/file")).toBe("first");
    await older.addBytes("/more", Buffer.from("more"));
    await older.burn(await older.plan(), { verify: false });
    expect(await contentsOf(older)).toEqual({ "/file": "first", "/more": "more" });
    expect(await codeOf(() => FileSystemImage.open(recorder, plugins, { session: 9 }))).toBe("UNKNOWN_SESSION");
  });

  it("finds in a later session what is damaged of an earlier one, even when that session's own head is gone", async () => {
    const { virtual, recorder } = await insert(disc);
    const image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/old", Buffer.alloc(5000, 1));
    const { contents, history } = await image.burn(await image.plan(), { verify: false });
    const at = [...contents][0]?.at ?? 0;
    await image.addBytes("/new", Buffer.alloc(5000, 2));
    await image.burn(await image.plan(), { verify: false });
    const outcomes = async (session?: number) =>
      (await verifyDisc(recorder, plugins, session === undefined ? {} : { session })).reports.map(
        ({ outcome }) => outcome,
      );
    expect(await outcomes()).toEqual(["good", "good"]);
    virtual.arm([{ fault: "bad-block", on: "read", at: at + 1 }]);
    expect(await outcomes(2)).toEqual(["faulty"]);
    expect(await outcomes()).toEqual(["faulty", "faulty"]);
    const start = history.states[0]?.start ?? 0;
    virtual.arm(
      [...[16, 17, 18].map((block) => start + block), at + 1].map(
        (block) => ({ fault: "bad-block", on: "read", at: block }) as const,
      ),
    );
    expect((await outcomes()).at(-1)).toBe("faulty");
  });

  it("keeps the names that another tree of the disc gives an old file when a new one would be called the same", async () => {
    const { virtual, recorder } = await insert(disc);
    const image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/readme.txt", Buffer.from("old"));
    await image.burn(await image.plan(), { verify: false });
    await image.addBytes("/README.TXT", Buffer.from("new"));
    await image.burn(await image.plan(), { verify: false });
    const opened = await openDisc(await reopen(virtual), plainReaders);
    const names: Record<string, string> = {};
    for await (const { path, bytes } of extract(recorder, await opened.volume()))
      names[path] = (await bytesOf(bytes())).toString();
    expect(names["/README.TXT"] ?? names["/README.TXT;1"]).toBe("old");
  });

  it("imports what was whole before an interrupted burn, and goes on after a recovery", async () => {
    const { virtual, recorder } = await insert(disc);
    const image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/safe", Buffer.from("safe"));
    await image.burn(await image.plan(), { verify: false });
    await image.addBytes("/big", new Uint8Array(2_000_000));
    const plan = await image.plan();
    virtual.arm([{ fault: "power-cut", after: "block", count: 300 }]);
    expect(await codeOf(() => image.burn(plan))).not.toBe("no error");
    virtual.powerOn();

    const again = await reopen(virtual);
    const found = await FileSystemImage.open(again, plugins);
    expect(await contentsOf(found)).toEqual({ "/safe": "safe" });
    if (found.history.condition !== "whole") {
      await found.addBytes("/more", Buffer.from("more"));
      expect(await codeOf(() => found.plan())).toBe("NEEDS_RECOVERY");
      const { conditions } = await recoverDisc(again, plugins);
      expect(conditions.at(-1)).toBe("whole");
    }
    expect(await codeOf(() => recoverDisc(again, plugins))).toBe("NOTHING_TO_RECOVER");
    const after = await FileSystemImage.open(again, plugins);
    await after.addBytes("/later", Buffer.from("later"));
    await after.burn(await after.plan());
    expect(await contentsOf(after)).toEqual({ "/later": "later", "/safe": "safe" });
  });
});

describe.each(media)("an interrupted first session on a $name", ({ disc }) => {
  it("leaves an empty image that takes nothing before a recovery", async () => {
    const { virtual, recorder } = await insert(disc);
    const image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/big", new Uint8Array(1_000_000));
    const plan = await image.plan();
    virtual.arm([{ fault: "power-cut", after: "block", count: 200 }]);
    expect(await codeOf(() => image.burn(plan))).not.toBe("no error");
    virtual.powerOn();

    const again = await reopen(virtual);
    const opened = await openDisc(again, plugins);
    if (opened.history.condition !== "empty") {
      expect(opened.purpose).toBe("recover");
      expect((await opened.plan({ kind: "recover" })).plan.intent).toBe("recover");
      const found = await FileSystemImage.open(again, plugins);
      expect(await contentsOf(found)).toEqual({});
      expect(await codeOf(() => found.plan())).toBe("NEEDS_RECOVERY");
      const plans: string[] = [];
      await recoverDisc(again, plugins, { onPlan: ({ condition }) => plans.push(condition) });
      expect(plans[0]).toBe(opened.history.condition);
    }
    const after = await FileSystemImage.open(again, plugins);
    // A disc that recovery has emptied has no name to hand on.
    expect(after.volumeName).toMatch(/^\d{8}$/);
    await after.addBytes("/later", Buffer.from("later"));
    await after.burn(await after.plan());
    expect(await contentsOf(after)).toEqual({ "/later": "later" });
  });
});

describe("a blank BD-R", () => {
  it("is formatted for pseudo-overwrite only when the mechanism is asked for and the format is accepted", async () => {
    const { recorder } = await insert({ medium: "bd-r-pow", capacity: 16_384, formatted: false });
    const plain = await FileSystemImage.open(recorder, plugins);
    expect(plain.mechanism.id).toBe("sequential");
    const image = await FileSystemImage.open(recorder, plugins, { mechanism: "bdr-pow" });
    await image.addBytes("/a", Buffer.from("a"));
    expect(await codeOf(() => image.plan())).toBe("CONSENT_REQUIRED");
    await image.burn(await image.plan({ consent: ["irreversible-format"] }));
    expect(image.medium.kind).toBe("bd-r-pow");
    expect(await contentsOf(image)).toEqual({ "/a": "a" });
  });
});

describe("a write-once disc", () => {
  it("is closed for good only with consent, and is imported afterwards", async () => {
    const { recorder } = await insert(media[0].disc);
    const image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/a", Buffer.from("a"));
    await image.burn(await image.plan());
    expect(await codeOf(() => image.plan({ close: "disc" }))).toBe("CONSENT_REQUIRED");
    expect(await codeOf(() => closeDisc(recorder, plugins))).toBe("CONSENT_REQUIRED");
    await closeDisc(recorder, plugins, { consent: ["close-disc"] });
    const closed = await FileSystemImage.open(recorder, plugins);
    expect(closed.purpose).toBe("import");
    expect(await contentsOf(closed)).toEqual({ "/a": "a" });
    expect(await codeOf(() => closed.plan())).toBe("DISC_CLOSED");
  });

  it("cannot be begun anew", async () => {
    const { recorder } = await insert(media[0].disc);
    const image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/a", Buffer.from("a"));
    await image.burn(await image.plan());
    const anew = await FileSystemImage.open(recorder, plugins, { isNewVolume: true });
    expect(await codeOf(() => anew.plan({ consent: ["give-up-sessions"] }))).toBe("NOT_BLANK");
  });
});

describe("an overwritable disc", () => {
  it("is begun anew only with consent, and then holds nothing of before", async () => {
    const { recorder } = await insert(media[2].disc);
    const image = await FileSystemImage.open(recorder, plugins, { volumeName: "OLD" });
    await image.addBytes("/a", Buffer.from("a"));
    await image.burn(await image.plan());
    const anew = await FileSystemImage.open(recorder, plugins, { isNewVolume: true, volumeName: "NEW" });
    expect(await contentsOf(anew)).toEqual({});
    await anew.addBytes("/b", Buffer.from("b"));
    expect(await codeOf(() => anew.plan())).toBe("CONSENT_REQUIRED");
    await anew.burn(await anew.plan({ consent: ["give-up-sessions"] }));
    expect(anew.history.states).toMatchObject([{ label: "NEW" }]);
    await anew.addBytes("/c", Buffer.from("c"));
    expect((await anew.plan()).plan.intent).toBe("append");
  });

  it("with data that no file system knows is not taken for an empty one", async () => {
    const { recorder } = await insert(media[2].disc);
    const blank = await FileSystemImage.open(recorder, plugins);
    await blank.addBytes("/a", Buffer.from("a"));
    await blank.burn(await blank.plan());
    await recorder.write(0, Buffer.alloc(64 * 2048, 0xaa));
    await recorder.flush();
    expect(await codeOf(() => FileSystemImage.open(recorder, plugins))).toBe("FOREIGN_CONTENT");
    expect((await openDisc(recorder, plugins)).history.condition).toBe("foreign");
    const anew = await FileSystemImage.open(recorder, plugins, { isNewVolume: true });
    await anew.addBytes("/b", Buffer.from("b"));
    await anew.burn(await anew.plan({ consent: ["give-up-sessions"] }));
    expect(await contentsOf(anew)).toEqual({ "/b": "b" });
  });
});
