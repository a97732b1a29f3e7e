import { BLOCK_BYTES, type DiscRecorder, defineFileSystem, type Lba } from "@multisession/core";
import { Iso9660 } from "@multisession/iso9660";
import { describe, expect, it } from "vitest";
import { FileSystemImage, verifyDisc } from "../src/index.ts";
import { insert, pluginsOf, reopen, type TestDisc } from "./discs.ts";
import { foreign, withSums } from "./foreign.ts";

const plain = defineFileSystem({ id: "iso9660", contract: 1, create: () => new Iso9660() });

const contents = { first: Buffer.alloc(5000, "first"), second: Buffer.alloc(100, "second"), empty: Buffer.alloc(0) };

/** A disc with a session for each file. */
async function disc(): Promise<TestDisc> {
  const inserted = await insert({ medium: "dvd+rw", capacity: 16_384 });
  const image = await FileSystemImage.open(inserted.recorder, withSums);
  for (const [name, bytes] of Object.entries(contents)) {
    await image.addBytes(`/${name}`, bytes);
    await image.burn(await image.plan());
  }
  return { ...inserted, recorder: await reopen(inserted.virtual) };
}

/** Where a text first stands on the disc. */
async function find(recorder: DiscRecorder, text: string, from: Lba = 32): Promise<Lba> {
  for (let at = from; at < 400; at += 1) if (Buffer.from(await recorder.read(at, 1)).includes(text)) return at;
  throw new Error(`"${text}" is not on the disc`);
}

/** Changes one byte of a block. */
async function harm(recorder: DiscRecorder, at: Lba): Promise<void> {
  const unit = at - (at % 16);
  const bytes = Buffer.from(await recorder.read(unit, 16));
  const place = (at - unit) * BLOCK_BYTES + 20;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  await recorder.write(unit, bytes);
  await recorder.flush();
}

describe("sessions of another program", () => {
  it("are verified by its MD5 sums, and no file is read twice", async () => {
    const { recorder } = await disc();
    const { reports } = await verifyDisc(recorder, foreign);
    expect(reports.map(({ outcome, hashes, contents, faults }) => [outcome, hashes, contents, faults])).toEqual([
      ["good", "md5", 1, []],
      ["good", "md5", 1, []],
      ["good", "md5", 0, []],
    ]);
    expect((await verifyDisc(recorder, foreign, { session: 3 })).reports).toMatchObject([{ contents: 2, faults: [] }]);
  });

  it("have a fault where a file is not what its sum says, wherever it is shown", async () => {
    const { recorder } = await disc();
    const at = await find(recorder, "firstfirst");
    await harm(recorder, at);
    const { reports } = await verifyDisc(recorder, foreign);
    const fault = { at, what: "A file of 5000 bytes is not what its MD5 sum says.", fault: "different" };
    expect(reports.map(({ faults }) => faults)).toEqual([[fault], [], [fault]]);
  });

  it("have a fault where head or directories are not what their sum says", async () => {
    const { recorder } = await disc();
    const start = (await verifyDisc(recorder, foreign)).reports[1]?.state.start ?? 0;
    // Of the path tables, which nobody needs to list files.
    await harm(recorder, start + 20);
    const { reports } = await verifyDisc(recorder, foreign, { session: 2 });
    expect(reports.at(-1)?.faults).toMatchObject([{ at: start, fault: "different" }]);
  });

  it("have a fault where the list of sums is damaged", async () => {
    const { recorder } = await disc();
    const at = (await find(recorder, "libisofs_checksum_tag_v1")) - 1;
    await harm(recorder, at);
    const [first] = (await verifyDisc(recorder, foreign)).reports;
    expect(first).toMatchObject({ outcome: "faulty", contents: 0, faults: [{ at, fault: "unreadable" }] });
  });

  it("without sums have nothing to be compared with", async () => {
    const { recorder } = await insert({ medium: "dvd+rw", capacity: 16_384 });
    const image = await FileSystemImage.open(recorder, pluginsOf(plain));
    await image.addBytes("/file", Buffer.from("bytes"));
    await image.burn(await image.plan());
    const { reports } = await verifyDisc(recorder, foreign);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["no-hashes"]);
  });
});
