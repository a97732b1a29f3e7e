import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MultisessionError } from "@multisession/core";
import { afterAll, describe, expect, it } from "vitest";
import { createDisc, openDisc, virtual } from "../src/index.ts";

const folder = mkdtempSync(join(tmpdir(), "host-full-"));
/** Paths, because the tools of the system are no packages of ours. */
const tools = { mount: "/bin/mount", unmount: "/bin/umount" } as const;

/** A device of a few hundred kB; nothing where mounting is not allowed. */
function smallDevice(name: string): string | undefined {
  const place = join(folder, name);
  mkdirSync(place);
  return spawnSync(tools.mount, ["-t", "tmpfs", "-o", "size=300k", "tmpfs", place]).status === 0 ? place : undefined;
}

const device = smallDevice("device");
afterAll(() => {
  if (device !== undefined) spawnSync(tools.unmount, ["--lazy", device]);
  rmSync(folder, { recursive: true });
});

describe.skipIf(device === undefined)("a disc file on a device that gets full", () => {
  it("says so with a code, is given back, and can still be read", async () => {
    const disc = join(device as string, "my.disc");
    await createDisc(disc, { medium: "bd-r", capacity: 4096 });
    const plugin = virtual();
    const driver = plugin.create();
    const recorder = await driver.open(disc);
    await recorder.medium();
    const data = new Uint8Array(32 * 2048).fill(1);
    const writeAll = async (): Promise<void> => {
      for (let at = 0; at < 4096; at += 32) await recorder.write(at, data);
      await recorder.flush();
    };
    await expect(writeAll()).rejects.toMatchObject({
      code: "WRITE_FAILED",
      oldState: "unknown",
      message: expect.stringContaining("no room left"),
    });
    await recorder.close().catch((error: unknown) => expect(MultisessionError.is(error)).toBe(true));
    expect(existsSync(`${disc}.lock`)).toBe(false);
    writeFileSync(join(device as string, "filler"), "");
    spawnSync("/bin/sh", ["-c", `cat /dev/zero > ${join(device as string, "filler")}`]);
    const again = await driver.open(disc);
    expect((await again.medium()).isWriteProtected).toBe(true);
    await again.close();
    rmSync(join(device as string, "filler"));
    const third = await driver.open(disc);
    expect((await third.medium()).isWriteProtected).toBe(false);
    await third.close();
  });
});

describe("a path that cannot be looked at", () => {
  writeFileSync(join(folder, "file"), "x");
  symlinkSync(join(folder, "loop"), join(folder, "loop"));

  it.each([
    ["below a file", join(folder, "file", "my.disc")],
    ["in a loop of links", join(folder, "loop")],
    ["that is a folder", folder],
  ])("%s is no disc file, with a code", async (_, path) => {
    await expect(openDisc(path)).rejects.toMatchObject({ code: "DEVICE_NOT_FOUND", subject: path });
  });
});
