import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FileSystemImage } from "../src/index.ts";
import { allPlugins, insert } from "./discs.ts";
import { hostFolder } from "./host-files.ts";

/** Of every POSIX system. */
const MAKE_PIPE = "mkfifo";

describe.skipIf(process.platform === "win32")("special files of a folder", () => {
  it("are recorded, stay in later sessions, and are unchanged when the folder is added again", async () => {
    const folder = await hostFolder({ file: "bytes" });
    execFileSync(MAKE_PIPE, [join(folder, "pipe")]);
    const plugins = allPlugins();
    const { recorder } = await insert({ medium: "bd-r", capacity: 16_384 });
    const image = await FileSystemImage.open(recorder, plugins);
    await image.add(folder, { into: "/" });
    const plan = await image.plan();
    expect((await plan.changes()).added).toEqual([
      { path: "/file", kind: "file", bytes: 5 },
      { path: "/pipe", kind: "special", bytes: 0 },
    ]);
    await image.burn(plan);
    await image.addBytes("/more", Buffer.from("more"));
    await image.burn(await image.plan());
    const opened = await FileSystemImage.open(recorder, plugins);
    const found: unknown[] = [];
    for await (const { path, special } of opened) found.push([path, special]);
    expect(found).toContainEqual(["/pipe", { type: "fifo" }]);
    await opened.add(folder, { into: "/" });
    const again = await opened.plan();
    expect([again.summary.added.items, again.summary.replaced.items]).toEqual([0, 0]);
    chmodSync(join(folder, "pipe"), 0o600);
    expect(await opened.add(folder, { into: "/" })).toMatchObject({ added: 0, replaced: 0, unchanged: 2 });
    expect((await (await opened.plan()).changes()).attributes).toEqual([{ path: "/pipe", kind: "special", bytes: 0 }]);
  });
});
