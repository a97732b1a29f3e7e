import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPlugins, type MechanismPlugin, MultisessionError } from "@multisession/core";
import { createDisc, virtual } from "@multisession/driver-virtual";
import { FileSystemImage } from "@multisession/file-system-image";
import { iso9660 } from "@multisession/iso9660";
import { sequential } from "@multisession/sequential";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepClosingRoom } from "../src/index.ts";

const CAPACITY = 512;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "closing-room-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The largest file, in blocks, that a first session can hold, and what is refused beyond it. */
async function largest(plugin: MechanismPlugin, close: "session" | "disc" = "session"): Promise<number> {
  const disc = join(mkdtempSync(join(folder, "disc-")), "my.disc");
  await createDisc(disc, { medium: "bd-r", capacity: CAPACITY });
  const plugins = createPlugins(virtual(), iso9660(), plugin);
  await using recorder = await plugins.open(disc);
  for (let blocks = CAPACITY; blocks > 0; blocks--) {
    await using image = await FileSystemImage.open(recorder, plugins, { mechanism: plugin.id });
    await image.addBytes("/file.bin", new Uint8Array(blocks * 2048));
    try {
      await image.plan({ close, consent: ["close-disc"] });
      return blocks;
    } catch (error) {
      expect(MultisessionError.is(error) ? error.code : error).toBe("DISC_FULL");
    }
  }
  return 0;
}

describe("a mechanism that keeps room for a closing session", () => {
  it("calls the disc full one session earlier", async () => {
    const plain = await largest(sequential());
    expect(await largest(keepClosingRoom(sequential()))).toBe(plain - 32);
    expect(await largest(keepClosingRoom(sequential(), { blocks: 100 }))).toBe(plain - 128);
  });

  it("lets the closing session use the room", async () => {
    expect(await largest(keepClosingRoom(sequential(), { blocks: 100 }), "disc")).toBe(
      await largest(sequential(), "disc"),
    );
  });

  it("is used only when it is named", async () => {
    const disc = join(folder, "untold.disc");
    await createDisc(disc, { medium: "bd-r", capacity: CAPACITY });
    const plugins = createPlugins(virtual(), iso9660(), sequential(), keepClosingRoom(sequential()));
    await using recorder = await plugins.open(disc);
    await using image = await FileSystemImage.open(recorder, plugins);
    expect(image.mechanism.id).toBe("sequential");
  });
});
