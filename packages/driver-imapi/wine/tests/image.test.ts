import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { IMultisession } from "@multisession/core";
import { RandomWrite } from "@multisession/random-write";
import { Sequential } from "@multisession/sequential";
import { type ImapiRecorder, recordWindowsSession } from "../../src/index.ts";
import { burnFile, digestOf, pluginsFor } from "../../test/support/burning.ts";
import { digestsOn } from "./reading.ts";
import { drive, errorOf, hostProgram, machine, until } from "./support.ts";

const open = async () => (await pluginsFor(hostProgram).open("imapi:D:")) as ImapiRecorder;
const folder = join(tmpdir(), "image-sources");
const one = Buffer.alloc(5000, "one ");
const two = Buffer.alloc(70_000, "two ");
mkdirSync(join(folder, "tree", "inner"), { recursive: true });
writeFileSync(join(folder, "one.txt"), one);
writeFileSync(join(folder, "two.txt"), two);
writeFileSync(join(folder, "tree", "inner", "leaf.txt"), "leaf");

const intent = { kind: "first", close: "session", consent: [] } as const;

/** A first session, made by Windows' image and recorded by a mechanism of ours. */
async function firstSession(recorder: ImapiRecorder, mechanism: Sequential): Promise<void> {
  await using image = await recorder.windowsImage({ volumeName: "FIRST" });
  assert.deepEqual([image.imported, image.sessionStart], [undefined, 0]);
  await image.addFile("/one.txt", join(folder, "one.txt"));
  const session = await image.build();
  const history = await mechanism.history(await recorder.medium(), []);
  await recordWindowsSession({ recorder, mechanism, session, history, intent });
  await session.close();
}

test("Windows' image builds where a mechanism in TypeScript says, and imports what is there: two sessions", async () => {
  await drive({ disc: "image-bd-r.disc" });
  const recorder = await open();
  const mechanism = new Sequential("sequential", { source: recorder });
  await firstSession(recorder, mechanism);
  mechanism.inUse = true;
  const image = await recorder.windowsImage({ multisessionInterfaces: [mechanism] });
  assert.deepEqual([image.imported, image.sessionStart], ["iso9660", await mechanism.nextWritableAddress]);
  await image.addFile("/two.txt", join(folder, "two.txt"));
  await image.addTree(join(folder, "tree"), { withFolder: true });
  const session = await image.build();
  assert.deepEqual(
    session.runs.map(({ at }) => at),
    [await mechanism.nextWritableAddress],
  );
  await recorder.writeWindowsSession(session);
  await session.close();
  await image.close();
  await recorder.close();
  await using again = await open();
  const check = await again.windowsImage({ multisessionInterfaces: "drive" });
  assert.equal((await errorOf(check.addFile("/one.txt", join(folder, "one.txt")))).code, "ITEM_EXISTS");
  assert.equal((await errorOf(check.addFile("/TREE/INNER/LEAF.TXT", join(folder, "one.txt")))).code, "ITEM_EXISTS");
  await check.close();
});

test("on an overwritable disc only the blocks that change are recorded, the head last", async () => {
  await drive({ disc: "image-dvd+rw.disc", medium: "dvd+rw" });
  await burnFile(hostProgram, "zero.txt", one);
  const recorder = await open();
  const mechanism = new RandomWrite("random-write", { source: recorder });
  const image = await recorder.windowsImage({ multisessionInterfaces: [mechanism] });
  assert.equal(image.imported, "iso9660");
  await image.addFile("/two.txt", join(folder, "two.txt"));
  const session = await image.build();
  assert.deepEqual(session.runs.at(-1), { at: 0, blocks: 32 });
  assert.ok((session.runs[0]?.at ?? 0) > 0);
  await recorder.writeWindowsSession(session);
  await session.close();
  await image.close();
  await recorder.close();
  const digests = Object.values(await digestsOn());
  assert.deepEqual(digests.toSorted(), [digestOf(one), digestOf(two)].toSorted());
});

for (const [what, marks, code] of [
  ["two mechanisms that are marked as in use", [true, true], "imapi/invalid-param"],
  ["mechanisms of which none fits", [false], "NO_COMPATIBLE_MULTISESSION_TYPE"],
  ["a mechanism that is marked as in use and does not fit", [true], "INCOMPATIBLE_MULTISESSION_TYPE"],
] as const) {
  test(`given to Windows' image, ${what}: refused with ${code}`, async () => {
    await drive({ disc: "image-refused.disc", medium: "dvd+rw" });
    await using recorder = await open();
    const mechanisms = marks.map((inUse): IMultisession => {
      const mechanism = new Sequential("sequential", { source: recorder });
      mechanism.inUse = inUse;
      return mechanism;
    });
    assert.equal((await errorOf(recorder.windowsImage({ multisessionInterfaces: mechanisms }))).code, code);
  });
}

test("failures of the image have codes, and nothing is left of it", async () => {
  await drive({ disc: "image-errors.disc" });
  const recorder = await open();
  assert.equal((await errorOf(recorder.windowsImage({ multisessionInterfaces: "drive" }))).code, "IMPORT_SEEK_FAILURE");
  const image = await recorder.windowsImage();
  await image.addFile("/one.txt", join(folder, "one.txt"));
  assert.equal((await errorOf(image.addFile("/one.txt", join(folder, "one.txt")))).code, "ITEM_EXISTS");
  assert.equal((await errorOf(image.remove("/two.txt"))).code, "ITEM_NOT_FOUND");
  await (await image.build()).close();
  assert.equal((await errorOf(image.addDirectory("/late"))).code, "imapi/readonly");
  await image.close();
  assert.equal(
    (await errorOf(recorder.windowsImage({ volumeName: "MUCH TOO LONG A NAME" }))).code,
    "INVALID_VOLUME_NAME",
  );
  await recorder.close();
  await until(async () => (await machine({ order: "report" })).connections === 0);
});
