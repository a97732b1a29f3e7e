import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { StateRef, Tree } from "@multisession/core";
import type { Need } from "@multisession-internal/needs";
import { describe, expect, it } from "vitest";
import { type BootEntry, type BootOptions, Iso9660, type Iso9660Options } from "../src/index.ts";
import { identityOf } from "../src/tree-identity.ts";
import { directory, file } from "./arbitrary-tree.ts";
import { importTree } from "./import-tree.ts";
import {
  appendSpace,
  burnLayout,
  burnTree,
  fixed,
  MemoryDisc,
  overwriteSpace,
  stateAt,
  treeOf,
} from "./memory-disc.ts";
import { strangerTest } from "./stranger.ts";
import { uefiImage } from "./uefi-image.ts";

/**
 * Code for the BIOS: writes a text to the first serial port, then leaves QEMU by its debug port. Where it is loaded does not
 * matter to it. Half a boot sector, with the signature that floppies need.
 */
function bootCode(text: string): Buffer {
  const code = Buffer.alloc(512);
  // call next; next: pop si; add si, 25 (the text); mov dx, 3F8h; again: cs lodsb; test al, al; jz done; out dx, al;
  // jmp again; done: mov al, 10h; mov dx, 0F4h; out dx, al; stop: hlt; jmp stop.
  code.set(Buffer.from("e800005e83c619baf8032eac84c07403eeebf7b010baf400eef4ebfd", "hex"));
  code.write(`${text}\0`, 28, "latin1");
  code.writeUInt16LE(0xaa55, 510);
  return code;
}

/** The same behind a jump over the boot info table. */
function infoCode(text: string): Buffer {
  const code = Buffer.alloc(2048);
  code.set([0xeb, 62]);
  bootCode(text).copy(code, 64, 0, 510);
  return code;
}

const floppy = Buffer.concat([bootCode("floppy starts"), Buffer.alloc(1440 * 1024 - 512)]);

const sample = treeOf({ boot: { "bios.img": bootCode("file starts").toString("latin1") }, "readme.txt": "hello" });
const contents = sample.contents.map((content, id) => (id === 0 ? bootCode("file starts") : content));
const tree = sized(sample.tree);

/** The tree with the length that the image has in bytes. */
function sized({ volumeName, root }: Tree): Tree {
  return {
    volumeName,
    root: {
      ...root,
      children: root.children.map((child) =>
        child.kind === "directory" ? directory(child.name, file("bios.img", 512, 0)) : child,
      ),
    },
  };
}

const bootable = (...entries: BootEntry[]): Iso9660 => new Iso9660({ boot: { entries } });

/** The catalog that the boot record at block `start` + 17 leads to. */
async function catalogOf(disc: MemoryDisc, start = 0): Promise<{ at: number; bytes: Buffer }> {
  const record = Buffer.from(await disc.read(start + 17, 1));
  expect(record.toString("latin1", 0, 30)).toBe("\0CD001\x01EL TORITO SPECIFICATION");
  const at = record.readUInt32LE(71);
  return { at, bytes: Buffer.from(await disc.read(at, 1)) };
}

async function burned(fileSystem: Iso9660): Promise<MemoryDisc> {
  const disc = new MemoryDisc();
  await burnTree(fileSystem, disc, tree, appendSpace(0), contents);
  return disc;
}

describe("a boot catalog", () => {
  it("begins with a validation entry whose words add up to 0, and the default entry", async () => {
    const disc = await burned(new Iso9660({ boot: { entries: [{ image: "/boot/bios.img" }], id: "SOMEONE" } }));
    const { bytes } = await catalogOf(disc);
    let sum = 0;
    for (let at = 0; at < 32; at += 2) sum += bytes.readUInt16LE(at);
    expect(sum & 0xffff).toBe(0);
    expect(bytes.toString("latin1", 4, 11)).toBe("SOMEONE");
    expect([bytes[0], bytes[1], bytes[30], bytes[31]]).toEqual([1, 0, 0x55, 0xaa]);
    expect([bytes[32], bytes[33], bytes.readUInt16LE(38)]).toEqual([0x88, 0, 1]);
    expect(Buffer.from(await disc.read(bytes.readUInt32LE(40), 1)).subarray(0, 512)).toEqual(bootCode("file starts"));
    expect(bytes.subarray(64).every((byte) => byte === 0)).toBe(true);
  });

  it("has a section for each run of entries for one platform", async () => {
    const efi = Buffer.alloc(70 * 512, 1);
    const { bytes } = await catalogOf(
      await burned(
        bootable(
          { image: infoCode("x") },
          { image: efi, platform: "uefi" },
          { image: efi, platform: "uefi", isBootable: false },
          { image: floppy, emulation: "floppy", loadSegment: 0x800 },
        ),
      ),
    );
    const entries = Array.from({ length: 8 }, (_, index) => bytes.subarray(index * 32, index * 32 + 32));
    expect(entries.map(([first, second]) => [first, second])).toEqual([
      [0x01, 0],
      [0x88, 0],
      [0x90, 0xef],
      [0x88, 0],
      [0x00, 0],
      [0x91, 0],
      [0x88, 2],
      [0, 0],
    ]);
    expect(entries[2]?.readUInt16LE(2)).toBe(2);
    expect(entries[5]?.readUInt16LE(2)).toBe(1);
    expect([1, 3, 6].map((index) => entries[index]?.readUInt16LE(6))).toEqual([4, 70, 1]);
    expect(entries[6]?.readUInt16LE(2)).toBe(0x800);
  });

  it.each([
    ["a floppy of 1.2 MB", 1200 * 1024, { emulation: "floppy" }, "8801 0000 0000 0100"],
    ["a floppy of 1.44 MB", 1440 * 1024, { emulation: "floppy" }, "8802 0000 0000 0100"],
    ["a floppy of 2.88 MB", 2880 * 1024, { emulation: "floppy" }, "8803 0000 0000 0100"],
    ["a floppy with a segment", 2880 * 1024, { emulation: "floppy", loadSegment: 0x7e0 }, "8803 e007 0000 0100"],
    ["code", 5 * 512, {}, "8800 0000 0000 0400"],
    ["UEFI up to the most that 16 bits hold", 65_535 * 512, { platform: "uefi" }, "8800 0000 0000 ffff"],
    // To the end of the disc (UEFI 2.10 13.3.2.1), as xorriso 1.5.4 has it; 65,535 would cut the image.
    ["UEFI above that", 65_535 * 512 + 1, { platform: "uefi" }, "8800 0000 0000 0000"],
    ["UEFI of 33 MiB", 33 * 1024 * 1024, { platform: "uefi" }, "8800 0000 0000 0000"],
  ] as const)("has for %s an entry of these bytes", async (_, bytes, more, expected) => {
    const root = directory("", file("image.img", bytes, 0));
    const fileSystem = bootable({ image: "/image.img", ...more });
    const layout = await fileSystem.layout({ volumeName: "V", root }, { space: appendSpace(0), fixed });
    const { front } = await layout.render({
      ...{ front: 0, start: 0, back: 0, sessionEnd: 1, chainEnd: 1 },
      record: { ...fixed, start: 0, end: 1, trailerAt: 0 },
      extentsOf: () => [{ at: 0x12345678, bytes }],
    });
    const source = front.find(({ label }) => label === "boot catalog")?.source;
    if (source?.from !== "bytes") throw new Error("The catalog is missing");
    const entry = Buffer.concat([...source.produce()]).subarray(32, 64);
    expect(entry.toString("hex")).toBe(`${expected}78563412`.replaceAll(" ", "").padEnd(64, "0"));
  });

  it("lies in no folder, and neither do images given as bytes", async () => {
    const disc = new MemoryDisc();
    const fileSystem = bootable({ image: infoCode("x") });
    const volume = await fileSystem.open(disc, await burnTree(fileSystem, disc, tree, appendSpace(0), contents));
    expect((await volume.list(volume.root)).map(({ name }) => name)).toEqual(["boot", "readme.txt"]);
  });

  it("a boot info table names the session's primary descriptor, the image, its length and its sum", async () => {
    const image = Buffer.concat([infoCode("x"), Buffer.from([1, 2, 3])]);
    const disc = new MemoryDisc();
    const fileSystem = bootable({ image, bootInfoTable: true });
    await burnTree(fileSystem, disc, tree, overwriteSpace(32), contents);
    const { bytes } = await catalogOf(disc);
    const at = bytes.readUInt32LE(40);
    const written = Buffer.from(await disc.read(at, 2));
    let sum = 0;
    const padded = Buffer.concat([image, Buffer.alloc(1)]);
    for (let offset = 64; offset < padded.length; offset += 4) sum = (sum + padded.readUInt32LE(offset)) >>> 0;
    expect([8, 12, 16, 20].map((offset) => written.readUInt32LE(offset))).toEqual([48, at, image.length, sum]);
    expect(written.subarray(24, 64)).toEqual(Buffer.alloc(40));
    expect(written.subarray(64, image.length)).toEqual(image.subarray(64));
  });

  it("gives the same bytes each time, and takes the blocks that it announced", async () => {
    const fileSystem = bootable({ image: infoCode("x"), bootInfoTable: true }, { image: "/boot/bios.img" });
    expect((await burned(fileSystem)).digest()).toBe((await burned(fileSystem)).digest());
  });
});

describe("refused", () => {
  it.each([
    ["/boot/other.img", {}, /no file of the disc/],
    ["/boot", {}, /no file of the disc/],
    ["/empty", {}, /is empty/],
    ["/pieces", {}, /in pieces/],
    ["/boot/bios.img", { emulation: "floppy" }, /which no floppy has/],
  ] as const)("as a boot image: %s %j", async (image, more, reason) => {
    const pieces = {
      ...file("pieces"),
      content: {
        kind: "recorded",
        bytes: 4096,
        extents: [
          { at: 40, bytes: 2048 },
          { at: 50, bytes: 2048 },
        ],
      } as const,
    };
    const children = [...tree.root.children, file("empty"), pieces];
    const refused = bootable({ image, ...more }).layout(
      { volumeName: "V", root: directory("", ...children) },
      { space: appendSpace(0), fixed },
    );
    await expect(refused).rejects.toMatchObject({ code: "iso9660/NOT_BOOTABLE", subject: image });
    await expect(refused).rejects.toThrow(reason);
  });

  it.each<Iso9660Options["boot"][]>([
    [{ entries: [] }],
    [{ entries: Array.from({ length: 32 }, () => ({ image: "/a" })) }],
    [{ entries: [{ image: "a" }] }],
    [{ entries: [{ image: new Uint8Array(0) }] }],
    [{ entries: [{ image: "/a", platform: "ppc" as "bios" }] }],
    [{ entries: [{ image: "/a", emulation: "hard-disk" as "none" }] }],
    [{ entries: [{ image: "/a", platform: "uefi", emulation: "floppy" }] }],
    [{ entries: [{ image: new Uint8Array(512), emulation: "floppy" }] }],
    [{ entries: [{ image: "/a", loadSectors: 65_536 }] }],
    [{ entries: [{ image: "/a", bootInfoTable: true }] }],
    [{ entries: [{ image: "/a" }], id: "x".repeat(25) }],
    ["always" as "keep"],
  ])("at the factory: %j", (boot) => {
    expect(() => new Iso9660({ boot } as { boot: BootOptions })).toThrow(TypeError);
  });
});

/** Two sessions: the first bootable, the second without a word about it. */
async function twoSessions(
  spaces: readonly [Parameters<typeof burnTree>[3], Parameters<typeof burnTree>[3]],
  options: Iso9660Options = {},
): Promise<{ disc: MemoryDisc; first: StateRef; second: StateRef }> {
  const disc = new MemoryDisc();
  const writer = bootable({ image: "/boot/bios.img" }, { image: infoCode("info"), bootInfoTable: true });
  const first = await burnTree(writer, disc, tree, spaces[0], contents);
  const more = treeOf({ "new.txt": "new" });
  const second = await burnTree(new Iso9660(options), disc, more.tree, spaces[1], more.contents, first);
  return { disc, first, second };
}

describe("a disc that was bootable", () => {
  it.each([
    ["write-once media", appendSpace(0), appendSpace(1000), 0],
    ["overwritable media", overwriteSpace(32), overwriteSpace(640), 32],
  ] as const)("stays so in later sessions, on %s", async (_, one, two, start) => {
    const { disc } = await twoSessions([one, two]);
    const first = await catalogOf(disc, start);
    const second = await catalogOf(disc, two.sessionStart);
    expect(second.at).toBe(first.at);
    if (start > 0) expect((await catalogOf(disc, 0)).at).toBe(first.at);
  });

  it("pays one block for it", async () => {
    const base = await burnTree(
      bootable({ image: "/boot/bios.img" }),
      new MemoryDisc(),
      tree,
      appendSpace(0),
      contents,
    );
    const frame = { space: appendSpace(1000), fixed, base };
    const front = async (options: Iso9660Options): Promise<number> =>
      (await new Iso9660(options).layout(tree, frame)).front;
    expect(await front({})).toBe((await front({ boot: "none" })) + 1);
  });

  it("is so no more when that is wanted", async () => {
    const { disc, second } = await twoSessions([appendSpace(0), appendSpace(1000)], { boot: "none" });
    expect((await disc.read(1017, 1))[0]).toBe(2);
    expect(identityOf(second.digest)).toMatchObject({ primary: {}, joliet: {} });
    expect(identityOf(second.digest)).not.toHaveProperty("bootCatalog");
  });

  it("is so again when an older state is shown, and when the disc's head is restored", async () => {
    const { disc, first, second } = await twoSessions([overwriteSpace(32), overwriteSpace(640)]);
    const fileSystem = new Iso9660();
    const space = overwriteSpace(1280);
    await burnLayout(disc, await fileSystem.republish(first, { space, base: second, fixed }, disc), space);
    expect((await catalogOf(disc, 1280)).at).toBe((await catalogOf(disc, 32)).at);
    disc.blocks.delete(17);
    const extents = await fileSystem.restoreHead(await stateAt(fileSystem, disc, 1280, 2), space, disc);
    disc.burn(
      { phases: [{ kind: "commit", extents, then: "none" }], state: { start: 0, end: 0, label: "" }, imageDigest: "" },
      [],
    );
    expect((await catalogOf(disc, 0)).at).toBe((await catalogOf(disc, 32)).at);
  });

  it("keeps the boot record in the bridge that leads a chain on, so that the bridge is no state of its own", async () => {
    const { disc, second } = await twoSessions([overwriteSpace(32), overwriteSpace(640)]);
    const more = treeOf({ "newer.txt": "newer" });
    const space = overwriteSpace(1280, { chainFrom: 960 });
    await burnTree(new Iso9660(), disc, more.tree, space, more.contents, second);
    const bridge = await stateAt(new Iso9660(), disc, 960);
    expect(bridge.digest).toBe(second.digest);
    expect((await catalogOf(disc, 960)).at).toBe((await catalogOf(disc, 32)).at);
  });
});

it("what lies in the system area of overwritable media, such as an MBR and a GPT, stays", async () => {
  const disc = new MemoryDisc();
  const area = Buffer.alloc(16 * 2048);
  for (let at = 0; at < area.length; at += 1) area[at] = (at * 31) % 251;
  area.writeUInt16LE(0xaa55, 510);
  area.write("EFI PART", 512, "latin1");
  disc.write(0, area);
  const first = await burnTree(bootable({ image: "/boot/bios.img" }), disc, tree, overwriteSpace(32), contents);
  await burnTree(new Iso9660(), disc, tree, overwriteSpace(640), contents, first);
  expect(Buffer.from(await disc.read(0, 16)).equals(area)).toBe(true);
});

describe("independent readers", () => {
  strangerTest("xorriso reports every image, in the first session and in the second", ["xorriso"], async (bench) => {
    const disc = new MemoryDisc();
    const efi = Buffer.alloc(70 * 512, 1);
    const writer = bootable(
      { image: "/boot/bios.img" },
      { image: infoCode("x"), bootInfoTable: true },
      { image: floppy, emulation: "floppy" },
      { image: efi, platform: "uefi" },
    );
    const first = await burnTree(writer, disc, tree, overwriteSpace(32), contents);
    const report = (): string[] => {
      writeFileSync(join(bench.folder, "image.iso"), disc.toImage());
      return bench
        .run("xorriso", "-no_rc", "-indev", "image.iso", "-report_el_torito", "plain")
        .split("\n")
        .filter((line) => /^El Torito/.test(line));
    };
    const before = report();
    expect(before[0]).toMatch(/^El Torito catalog/);
    const images = before
      .filter((line) => /boot img :/.test(line))
      .map((line) => line.split(/\s+/).slice(5, 12).join(" "));
    expect(images).toEqual([
      "1 BIOS y none 0x0000 0x00 1",
      "2 BIOS y none 0x0000 0x00 4",
      "3 BIOS y fd1.4 0x0000 0x00 1",
      "4 UEFI y none 0x0000 0x00 70",
    ]);
    await burnTree(new Iso9660(), disc, tree, overwriteSpace(2560), contents, first);
    expect(report().filter((line) => /catalog|boot img :/.test(line))).toEqual(
      before.filter((line) => /catalog|boot img :/.test(line)),
    );
  });

  strangerTest("isoinfo finds the boot record and a valid catalog", ["isoinfo"], async (bench) => {
    writeFileSync(join(bench.folder, "image.iso"), (await burned(bootable({ image: "/boot/bios.img" }))).toImage());
    const shown = bench.run("isoinfo", "-d", "-i", "image.iso");
    expect(shown).toMatch(/El Torito VD version 1 found, boot catalog is in sector \d+/);
    expect(shown).toMatch(/Key 55 AA/);
    expect(shown).toMatch(/Boot media 0 \(No Emulation Boot\)/);
  });

  strangerTest("7z and bsdtar read the tree past the boot record", ["7z", "bsdtar"], async (bench) => {
    const { disc } = await twoSessions([overwriteSpace(32), overwriteSpace(640)]);
    writeFileSync(join(bench.folder, "image.iso"), disc.toImage());
    expect(bench.run("bsdtar", "-tf", "image.iso")).toMatch(/new\.txt/);
    expect(bench.run("7z", "l", "-tIso", "image.iso")).toMatch(/new\.txt/);
  });
});

const QEMU = "qemu-system-x86_64";

/** Firmware for a virtual PC with UEFI. */
const OVMF = "/usr/share/ovmf/OVMF.fd";

describe("a PC starts", () => {
  const start = (
    folder: string,
    disc: MemoryDisc,
    ...firmware: string[]
  ): { readonly text: string; readonly status: number | null } => {
    writeFileSync(join(folder, "image.iso"), disc.toImage());
    const { status, stderr, error } = spawnSync(
      QEMU,
      [
        ["-display", "none", "-monitor", "none", "-net", "none", "-no-reboot", "-m", "128"],
        ["-serial", "file:serial", "-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"],
        ["-boot", "d", "-cdrom", "image.iso", ...firmware],
      ].flat(),
      { cwd: folder, timeout: 100_000, encoding: "utf8" },
    );
    if (error !== undefined) throw new Error(`QEMU did not end: ${error.message} ${stderr}`);
    return { text: readFileSync(join(folder, "serial"), "latin1"), status };
  };
  /** What QEMU ends with when 10h is written to the port. */
  const status = 0x21;

  strangerTest("a file of the disc, from the second session", [QEMU], async ({ folder }) => {
    const { disc } = await twoSessions([overwriteSpace(32), overwriteSpace(640)]);
    expect(start(folder, disc)).toEqual({ text: "file starts", status });
  });

  strangerTest("an image without a name, with a boot info table", [QEMU], async ({ folder }) => {
    const disc = await burned(bootable({ image: infoCode("image starts"), bootInfoTable: true }));
    expect(start(folder, disc)).toEqual({ text: "image starts", status });
  });

  strangerTest("a floppy", [QEMU], async ({ folder }) => {
    expect(start(folder, await burned(bootable({ image: floppy, emulation: "floppy" })))).toEqual({
      text: "floppy starts",
      status,
    });
  });

  const ovmf: Need = {
    available: existsSync(OVMF),
    reason: `${OVMF} is missing; Debian 12 has it in the package ovmf`,
  };

  strangerTest("by UEFI, a program in a FAT image, from the second session", [QEMU, ovmf], async ({ folder }) => {
    const disc = new MemoryDisc();
    const writer = bootable({ image: "/boot/bios.img" }, { image: uefiImage("uefi starts"), platform: "uefi" });
    const first = await burnTree(writer, disc, tree, overwriteSpace(32), contents);
    await burnTree(new Iso9660(), disc, tree, overwriteSpace(640), contents, first);
    const { text, status: ended } = start(folder, disc, "-bios", OVMF);
    expect(text).toContain("uefi starts");
    expect(ended).toBe(status);
  });
});

strangerTest("an isohybrid image of xorriso keeps its MBR, its GPT and its boot images", ["xorriso"], async (bench) => {
  bench.write("tree/boot/boot.img", infoCode("x"));
  bench.write("tree/readme.txt", "hello");
  bench.write("mbr.img", Buffer.alloc(432, 0x90));
  bench.run(
    "xorriso",
    ...["-as", "mkisofs", "-quiet", "-o", "image.iso", "-R", "-J"],
    ...["-b", "boot/boot.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table"],
    ...["-eltorito-alt-boot", "-e", "boot/boot.img", "-no-emul-boot", "-isohybrid-gpt-basdat"],
    ...["-isohybrid-mbr", "mbr.img", "tree"],
  );
  const report = (): { readonly boot: string[]; readonly area: string[] } => {
    const lines = bench
      .run("xorriso", "-no_rc", "-indev", "image.iso", "-report_el_torito", "plain", "-report_system_area", "plain")
      .split("\n");
    return {
      boot: lines.filter((line) => /^El Torito (catalog|boot img)/.test(line)),
      area: lines.filter((line) =>
        /^(System area options|MBR partition {2}|GPT (disk GUID|start and size|type))/.test(line),
      ),
    };
  };
  const before = report();
  expect([before.boot.length, before.area.length]).toEqual([3, 8]);
  const disc = new MemoryDisc();
  disc.write(0, readFileSync(join(bench.folder, "image.iso")));
  const fileSystem = new Iso9660();
  const old = await stateAt(fileSystem, disc, 0);
  const root = await importTree(await fileSystem.open(disc, old));
  const added = { ...root, children: [...root.children, file("new.txt", 3)] };
  const start = Math.ceil(old.end / 32) * 32;
  await burnTree(fileSystem, disc, { volumeName: "", root: added }, overwriteSpace(start), [Buffer.from("new")], old);
  writeFileSync(join(bench.folder, "image.iso"), disc.toImage());
  const after = report();
  expect(after.boot).toEqual(before.boot);
  expect(after.area.filter((line) => !line.startsWith("System"))).toEqual(
    before.area.filter((line) => !line.startsWith("System")),
  );
  expect(bench.run("xorriso", "-no_rc", "-indev", "image.iso", "-find", "/")).toMatch(/new\.txt/);
});
