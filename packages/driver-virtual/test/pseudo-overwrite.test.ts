import { pseudoOverwriteResources, readDiscInformation } from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

const disc = (): Initiator => new Initiator(createVirtualRecorder({ medium: "bd-r-pow", capacity: 1024 }));

function resources(host: Initiator): { replacements: number; mapEntries: number; updates: number } {
  const { replacements, mapEntries, updates } = pseudoOverwriteResources.parse(
    host.data(readDiscInformation.build({ dataType: 2, allocationLength: 16 })),
  );
  return { replacements, mapEntries, updates };
}

describe("BD-R with pseudo-overwrite", () => {
  it("moves an overwritten cluster to the next writable address, which goes on by one cluster", () => {
    const host = disc();
    host.write(0, blocksOf(96, 1));
    expect(host.track(1).nextWritable).toBe(96);
    expect(host.write(32, blocksOf(32, 2))).toBe("good");
    expect(host.track(1)).toMatchObject({ nextWritable: 128, freeBlocks: 1024 - 128 });
    expect(marksOf(host.read(0, 96))).toEqual([...marks(32, 1), ...marks(32, 2), ...marks(32, 1, 64)]);
    // The address of the cluster that was used up holds nothing.
    expect(marksOf(host.read(96, 32))).toEqual(Array(32).fill("-"));
    host.sync();
    expect(marksOf(host.read(0, 96))).toEqual([...marks(32, 1), ...marks(32, 2), ...marks(32, 1, 64)]);
  });

  it("pays a whole cluster for one block", () => {
    const host = disc();
    host.write(0, blocksOf(64, 1));
    host.write(40, blocksOf(1, 2));
    expect(host.track(1).nextWritable).toBe(96);
    expect(marksOf(host.read(32, 32))).toEqual([...marks(8, 1, 32), ...marks(1, 2), ...marks(23, 1, 41)]);
  });

  it("counts replacements, map entries and updates", () => {
    const host = disc();
    expect(resources(host)).toEqual({ replacements: 32, mapEntries: 31_744, updates: 2048 });
    host.write(0, blocksOf(64, 1));
    host.sync();
    expect(resources(host)).toEqual({ replacements: 30, mapEntries: 31_744, updates: 2048 });
    host.write(0, blocksOf(64, 2));
    expect(resources(host)).toEqual({ replacements: 28, mapEntries: 31_742, updates: 2048 });
    host.sync();
    host.sync();
    expect(resources(host)).toEqual({ replacements: 28, mapEntries: 31_742, updates: 2047 });
    // A second replacement of a cluster takes no second entry.
    host.write(0, blocksOf(32, 3));
    host.sync();
    expect(resources(host)).toEqual({ replacements: 27, mapEntries: 31_742, updates: 2046 });
  });

  it("redirects a write to a cluster that was used up as a replacement", () => {
    const host = disc();
    host.write(0, blocksOf(32, 1));
    host.write(0, blocksOf(32, 2)); // uses up 32..63
    expect(host.write(32, blocksOf(32, 3))).toBe("good");
    expect(host.track(1).nextWritable).toBe(96);
    expect(marksOf(host.read(0, 64))).toEqual([...marks(32, 2), ...marks(32, 3)]);
  });

  it("appends first when a write lies across the next writable address", () => {
    const host = disc();
    host.write(0, blocksOf(64, 1));
    expect(host.write(32, blocksOf(64, 2))).toBe("good");
    expect(marksOf(host.read(0, 96))).toEqual([...marks(32, 1), ...marks(64, 2)]);
    expect(host.track(1).nextWritable).toBe(128);
  });

  it("refuses what is neither recorded nor next", () => {
    const host = disc();
    expect(host.write(32, blocksOf(32, 1))).toBe("5/21/02@32");
    host.write(0, blocksOf(32, 1));
    expect(host.write(40, blocksOf(1, 1))).toBe("5/21/02@40");
    expect(host.write(1024, blocksOf(1, 1))).toBe("5/21/00@1024");
    expect(host.track(1).nextWritable).toBe(32);
  });

  it("takes the replacement from another track when its own is full", () => {
    const host = disc();
    host.reserve(32);
    host.write(0, blocksOf(32, 1));
    host.write(32, blocksOf(64, 2));
    expect(host.write(0, blocksOf(32, 3))).toBe("good");
    expect(host.track(1)).toMatchObject({ nextWritableValid: false });
    expect(host.track(2).nextWritable).toBe(128);
    expect(marksOf(host.read(0, 32))).toEqual(marks(32, 3));
  });

  it("pads a cluster that is still filling before it takes a replacement behind it", () => {
    const host = disc();
    host.write(0, blocksOf(40, 1));
    expect(host.write(0, blocksOf(32, 2))).toBe("good");
    expect(host.track(1).nextWritable).toBe(96);
    expect(marksOf(host.read(32, 32))).toEqual([...marks(8, 1, 32), ...Array(24).fill("-")]);
    // The cluster that is filling can be replaced itself.
    host.write(96, blocksOf(4, 3));
    expect(host.write(97, blocksOf(2, 4))).toBe("good");
    expect(marksOf(host.read(96, 5))).toEqual(["3.0", "4.0", "4.1", "3.3", "-"]);
    expect(host.track(1).nextWritable).toBe(160);
  });

  it("refuses a replacement as a whole when the free clusters do not suffice", () => {
    const host = disc();
    host.write(0, blocksOf(992, 1));
    expect(host.write(0, blocksOf(64, 2))).toBe("5/55/03@0");
    expect(host.track(1).nextWritable).toBe(992);
    expect(host.write(0, blocksOf(32, 2))).toBe("good");
    expect(host.write(0, blocksOf(32, 3))).toBe("5/55/03@0");
    expect(marksOf(host.read(0, 64))).toEqual([...marks(32, 2), ...marks(32, 1, 32)]);
  });

  it("takes no replacement any more when its updates are used up, but is still appended to", () => {
    const host = new Initiator(createVirtualRecorder({ medium: "bd-r-pow", capacity: 32 * 2100 }));
    host.write(0, blocksOf(64, 1));
    host.sync();
    const data = blocksOf(32, 2);
    for (let update = 2048; update > 0; update--) {
      expect(host.write(0, data)).toBe("good");
      host.sync();
    }
    const { nextWritable } = host.track(1);
    expect(resources(host)).toEqual({ replacements: 2100 - 2 - 2048, mapEntries: 31_743, updates: 0 });
    expect(host.write(0, blocksOf(32, 3))).toBe("3/32/01@0");
    expect(marksOf(host.read(0, 64))).toEqual([...marks(32, 2), ...marks(32, 1, 32)]);
    expect(host.write(nextWritable, blocksOf(32, 4))).toBe("good");
    expect(host.track(1).nextWritable).toBe(nextWritable + 32);
  });

  it("closes tracks but not sessions; the disc can be closed for good", () => {
    const host = disc();
    host.write(0, blocksOf(32, 1));
    expect(host.close(1, 1)).toBe("good");
    expect(host.close(2)).toBe("5/24/00");
    expect(host.disc()).toMatchObject({ discStatus: 1, lastSessionState: 1, lastTrack: 2 });
    expect(host.write(0, blocksOf(32, 2))).toBe("good");
    expect(host.close(6)).toBe("good");
    expect(host.disc()).toMatchObject({ discStatus: 2, lastSessionState: 3 });
    expect(marksOf(host.read(0, 32))).toEqual(marks(32, 2));
    expect(host.write(0, blocksOf(32, 3))).toBe("7/27/00@0");
  });
});
