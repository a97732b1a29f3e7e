import type { SpecialFile, SpecialNode, TreeNode } from "@multisession/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PN_BYTES, putDevice, readDevice } from "../src/device-node.ts";
import { Iso9660 } from "../src/index.ts";
import { directory, file } from "./arbitrary-tree.ts";
import { appendSpace, burnTree, fixed, MemoryDisc } from "./memory-disc.ts";

const attributes = { mode: 0o640, uid: 5, gid: 6, modified: Date.UTC(2021, 5, 6, 7, 8, 9) };
const special = (name: string, what: SpecialFile): SpecialNode => ({ kind: "special", name, attributes, ...what });

const device = fc.oneof(
  fc.record({ major: fc.nat(0xfff), minor: fc.nat(0xf_ffff) }),
  fc.record({ major: fc.integer({ min: 1, max: 0xff }), minor: fc.nat(0xff_ffff) }),
);
const what: fc.Arbitrary<SpecialFile> = fc.oneof(
  fc.record({ type: fc.constantFrom("character-device", "block-device"), device }),
  fc.record({ type: fc.constantFrom("fifo", "socket") }),
);

/** What a volume with these nodes shows in its root. */
async function shown(nodes: readonly TreeNode[], options = {}): Promise<readonly object[]> {
  const fileSystem = new Iso9660(options);
  const disc = new MemoryDisc();
  const tree = { volumeName: "V", root: directory("", ...nodes) };
  const volume = await fileSystem.open(disc, await burnTree(fileSystem, disc, tree, appendSpace(0), []));
  expect(volume.findings).toEqual([]);
  return (await volume.list(volume.root)).map(({ recordedAs: _, ...entry }) => entry);
}

describe("special files", () => {
  it.each([{}, { rockRidge: "1.12", stamps: "long" }])(
    "come back with type, device and attributes with %j",
    async (options) => {
      await fc.assert(
        fc.asyncProperty(fc.array(what, { maxLength: 6 }), async (found) => {
          const nodes = found.map((one, index) => special(`special ${index}`, one));
          expect(await shown(nodes, options)).toEqual(nodes);
        }),
        { numRuns: 40 },
      );
    },
  );

  it("with a long name have the device number in their own record", async () => {
    const node = special("n".repeat(230), { type: "block-device", device: { major: 8, minor: 17 } });
    expect(await shown([node])).toEqual([node]);
  });

  it("are for readers of Rock Ridge alone, and notes say so", async () => {
    const nodes = [special("pipe", { type: "fifo" }), file("file")];
    expect(await shown(nodes, { prefer: ["joliet"] })).toMatchObject([{ name: "file" }]);
    const frame = { space: appendSpace(0), fixed };
    const tree = { volumeName: "V", root: directory("", ...nodes) };
    const { notes } = await new Iso9660().layout(tree, frame);
    expect(notes).toContain("1 special file not shown on Windows: Joliet has none.");
    const plain = await new Iso9660({ rockRidge: false }).layout(tree, frame);
    expect(plain.notes).toContain("1 special file left out: they take Rock Ridge.");
    const strict = new Iso9660({ profile: "strict" });
    const named = { volumeName: "V", root: directory("", special("PIPE", { type: "fifo" })) };
    await expect(strict.layout(named, frame)).rejects.toMatchObject({
      code: "iso9660/SPECIAL_NOT_ALLOWED",
      subject: "/PIPE",
    });
  });
});

describe("the number of a device", () => {
  it("is recorded as Linux has it in 64 bits, little-endian and big-endian", () => {
    const bytes = Buffer.alloc(PN_BYTES);
    putDevice(bytes, 0, { major: 8, minor: 0x12345 });
    expect(bytes.toString("hex")).toBe("504e1401" + "0000000000000000" + "4508301212300845");
  });

  it.each([
    ["in the lower half as long as it has 20 bits", { major: 8, minor: 0xf_ffff }, [0, 0xfff0_08ff]],
    ["in a half of its own where it has more, as in macOS", { major: 8, minor: 0x12_3456 }, [8, 0x12_3456]],
    [
      "with its upper bits in the upper half beside a large major",
      { major: 0x1234, minor: 0xabc_12345 },
      [0x1abc, 0x1232_3445],
    ],
  ])("has a minor number %s", (_, number, halves) => {
    const bytes = Buffer.alloc(PN_BYTES);
    expect(putDevice(bytes, 0, number)).toBe(PN_BYTES);
    expect([bytes.readUInt32LE(4), bytes.readUInt32LE(12)]).toEqual(halves);
    expect([bytes.readUInt32BE(8), bytes.readUInt32BE(16)]).toEqual(halves);
    expect(readDevice(bytes)).toEqual(number);
  });

  it("comes back whatever it is", () => {
    fc.assert(
      fc.property(device, (number) => {
        const bytes = Buffer.alloc(PN_BYTES);
        putDevice(bytes, 0, number);
        expect(readDevice(bytes)).toEqual(number);
      }),
    );
  });

  it("is understood where a system has put its two parts into the two halves", () => {
    const bytes = Buffer.alloc(PN_BYTES);
    bytes.writeUInt32LE(8, 4);
    bytes.writeUInt32LE(17, 12);
    expect(readDevice(bytes)).toEqual({ major: 8, minor: 17 });
  });
});
