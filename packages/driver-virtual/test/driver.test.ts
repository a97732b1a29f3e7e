import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isPlugin } from "@multisession/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDisc, type VirtualRecorder, virtual } from "../src/index.ts";
import { blocksOf, marks, marksOf } from "./support/initiator.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "driver-virtual-"));
  path = join(folder, "backup.disc");
});

afterEach(() => rmSync(folder, { recursive: true }));

const driver = virtual().create();

describe("the driver of virtual recorders", () => {
  it("is a plugin that finds no discs by itself", async () => {
    expect(isPlugin(virtual())).toBe(true);
    expect(virtual()).toMatchObject({ kind: "driver", id: "virtual", contract: 1 });
    expect(await driver.list()).toEqual([]);
  });

  it("claims disc files and virtual URIs, and leaves the rest to others", async () => {
    await createDisc(join(folder, "photos"), { medium: "bd-r" });
    writeFileSync(join(folder, "image.iso"), "");
    const claims = async (device: string): Promise<boolean> => driver.claims(device);
    expect(await claims(path)).toBe(true);
    expect(await claims(join(folder, "photos"))).toBe(true);
    expect(await claims("virtual:/tmp/anything")).toBe(true);
    expect(await claims(join(folder, "image.iso"))).toBe(false);
    expect(await claims("/dev/sr0")).toBe(false);
    expect(await claims("iscsi://host/target.disc")).toBe(false);
    // One letter is a drive of Windows, not a scheme.
    expect(await claims("C:\\discs\\backup.disc")).toBe(true);
  });

  it("opens a disc, writes it, and gives it free again", async () => {
    await createDisc(path, { medium: "bd-r", capacity: 1024 });
    const recorder = await driver.open(path);
    expect(recorder.uri).toBe(`virtual:${path}`);
    expect(await recorder.medium()).toMatchObject({ kind: "bd-r", status: "blank", capacity: 1024, unit: 32 });
    await recorder.write(0, blocksOf(40, 1));
    await recorder.flush();
    await recorder.closeSpace("track");
    await recorder.closeSpace("session");
    await expect(driver.open(path)).rejects.toMatchObject({ code: "BUSY" });
    await recorder.close();
    await recorder.close();
    await using again = await driver.open(`virtual:${path}`);
    const medium = await again.medium();
    expect(medium).toMatchObject({ status: "appendable", lastSession: "empty" });
    expect(medium.tracks.map(({ session, start, state, next }) => [session, start, state, next])).toEqual([
      [1, 0, "closed", undefined],
      [2, 64, "blank", 64],
    ]);
    expect(marksOf(await again.read(0, 40))).toEqual(marks(40, 1));
  });

  it("says why it does not write to a disc without its state file", async () => {
    writeFileSync(path, blocksOf(40, 1));
    await using recorder = await driver.open(path);
    expect(await recorder.medium()).toMatchObject({ status: "complete" });
    expect(marksOf(await recorder.read(0, 40))).toEqual(marks(40, 1));
    await expect(recorder.write(0, blocksOf(1, 1))).rejects.toMatchObject({ code: "DISC_FILE_READ_ONLY" });
    await expect(recorder.closeSpace("disc")).rejects.toMatchObject({ code: "DISC_FILE_READ_ONLY" });
    await expect(recorder.reserve(32)).rejects.toMatchObject({ code: "DISC_FILE_READ_ONLY" });
  });

  it("says that there is no such disc file", async () => {
    await expect(driver.open(path)).rejects.toMatchObject({ code: "DEVICE_NOT_FOUND" });
  });

  it("hands out the virtual recorder, so that faults can be armed", async () => {
    await createDisc(path, { medium: "dvd+rw", capacity: 1024, formatted: true });
    let inside: VirtualRecorder | undefined;
    const seen = virtual({
      onOpen: (recorder) => {
        inside = recorder;
      },
    });
    const recorder = await seen.create().open(path);
    await recorder.medium();
    inside?.arm([{ fault: "power-cut", after: "block", count: 20 }]);
    await expect(recorder.write(0, blocksOf(64, 1))).rejects.toMatchObject({ code: "RECORDER_LOST" });
    await recorder.close();
    await using again = await driver.open(path);
    expect(await again.medium()).toMatchObject({ status: "random" });
  });

  it("does not open what was cancelled", async () => {
    await createDisc(path, { medium: "bd-r" });
    await expect(driver.open(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "CANCELLED" });
    await (await driver.open(path)).close();
  });
});
