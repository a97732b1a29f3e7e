import * as mmc from "@multisession/mmc";
import { type CommandLayout, type Fields, opcodes, parseSense } from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type VirtualMediumId } from "../src/index.ts";
import { commands } from "../src/recorder/command-table.ts";
import { blocksOf, Initiator } from "./support/initiator.ts";

/** Discs on which the commands are tried. */
type Stage =
  | "blank CD-R"
  | "written CD-R"
  | "blank CD-RW"
  | "blank DVD-R"
  | "blank BD-R"
  | "DVD-RAM"
  | "DVD+RW"
  | "DVD+R DL"
  | "POW";

function setPage(host: Initiator, writeType: number): void {
  const page = mmc.writeParametersPage.build({ writeType, multisession: 3, dataBlockType: 8 });
  const list = mmc.modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
  host.send(mmc.modeSelect10.build({ parameterLength: list.length }), list);
}

const media: Readonly<Record<Stage, readonly [VirtualMediumId, ((host: Initiator) => void)?]>> = {
  "blank CD-R": ["cd-r"],
  "written CD-R": [
    "cd-r",
    (host) => {
      setPage(host, 1);
      host.write(0, blocksOf(300, 1));
      host.sync();
      host.close(2);
    },
  ],
  "blank CD-RW": ["cd-rw"],
  "blank DVD-R": ["dvd-r", (host) => setPage(host, 0)],
  "blank BD-R": ["bd-r"],
  "DVD-RAM": ["dvd-ram", (host) => host.write(0, blocksOf(32, 1))],
  "DVD+RW": ["dvd+rw", (host) => host.format(0x26)],
  "DVD+R DL": ["dvd+r-dl"],
  POW: ["bd-r-pow", (host) => host.write(0, blocksOf(64, 1))],
};

function hostOn(stage: Stage): Initiator {
  const [medium, deed] = media[stage];
  const host = new Initiator(createVirtualRecorder({ medium }));
  deed?.(host);
  return host;
}

/** `good`, or the sense, and the field it points at as MMC writes fields: `5/24/00 at 1.2` in the CDB, `in list` else. */
function answerOf(host: Initiator, cdb: Uint8Array, dataOut?: Uint8Array): string {
  const { sense } = host.recorder.run({ cdb, ...(dataOut && { dataOut }) });
  if (sense === undefined) return "good";
  const { key, asc, ascq, field } = parseSense(sense);
  const code = [key, asc, ascq].map((part, index) => part.toString(16).padStart(index === 0 ? 1 : 2, "0")).join("/");
  if (field === undefined) return code;
  const place = `${field.byte}${field.bit === undefined ? "" : `.${field.bit}`}`;
  return `${code} at ${place}${field.in === "data" ? " in list" : ""}`;
}

type Value = number | boolean;
/** What a command answers when its fields have these values, beside the usual ones. */
type Row = readonly [field: string, value: Value, stage: Stage, answer: string];
/** One command: what is usual in its fields, its data, and a row for every field; more where values differ. */
interface Audit {
  readonly layout: CommandLayout<Fields>;
  readonly usual?: Readonly<Record<string, Value>>;
  readonly data?: Uint8Array;
  readonly rows: readonly Row[];
}

// biome-ignore lint/suspicious/noExplicitAny: every layout has fields of its own
const audit = (layout: any, rest: Omit<Audit, "layout">): Audit => ({ layout, ...rest });
const invalid = (place: string): string => `5/24/00 at ${place}`;
const block = blocksOf(16, 2);
const fields = (names: readonly string[], values: readonly Value[], stage: Stage): readonly Row[] =>
  names.flatMap((name) => values.map((value): Row => [name, value, stage, "good"]));

const audits: readonly Audit[] = [
  audit(mmc.testUnitReady, { rows: [] }),
  audit(mmc.requestSense, {
    usual: { allocationLength: 18 },
    rows: [
      ["descriptorFormat", true, "DVD-RAM", invalid("1.0")],
      ...fields(["allocationLength"], [0, 18, 255], "DVD-RAM"),
    ],
  }),
  audit(mmc.formatUnit, {
    data: mmc.formatParameters.build({ type: 0, blocks: 0 }),
    rows: [
      ["hasParameters", false, "DVD-RAM", invalid("1.4")],
      ["completeList", true, "DVD-RAM", "good"],
      ["formatCode", 0, "DVD-RAM", invalid("1.2")],
      // The obsolete form of CD-RW.
      ["formatCode", 7, "blank CD-RW", invalid("1.2")],
      ["formatCode", 1, "blank CD-R", "5/30/06"],
    ],
  }),
  audit(mmc.inquiry, {
    usual: { allocationLength: 36 },
    rows: [
      ...fields(["vital"], [true], "DVD-RAM"),
      ["page", 0x80, "DVD-RAM", invalid("2")],
      ...fields(["allocationLength"], [0, 5, 0xffff], "DVD-RAM"),
    ],
  }),
  audit(mmc.startStopUnit, {
    rows: [
      ...fields(["immediate", "loadEject", "start"], [true], "DVD-RAM"),
      // Counts with FL only, and there is no disc with two formats.
      ["formatLayer", 1, "DVD-RAM", "good"],
      ["formatLayerValid", true, "DVD-RAM", invalid("4.2")],
      ...fields(["powerCondition"], [1, 2, 3, 5], "DVD-RAM"),
      ["powerCondition", 4, "DVD-RAM", invalid("4.7")],
      ["powerCondition", 15, "DVD-RAM", invalid("4.7")],
    ],
  }),
  audit(mmc.preventAllow, {
    // There is no button that Persistent would report.
    rows: [...fields(["prevent", "persistent"], [true, false], "DVD-RAM")],
  }),
  audit(mmc.readFormatCapacities, { rows: [...fields(["allocationLength"], [0, 12, 0xffff], "DVD-RAM")] }),
  audit(mmc.readCapacity, {
    rows: [
      ["lba", 1, "DVD-RAM", invalid("2")],
      ["partial", true, "DVD-RAM", invalid("8.0")],
    ],
  }),
  ...[mmc.read10, mmc.read12].map((layout) =>
    audit(layout, {
      usual: { blocks: 1 },
      rows: [
        // Nothing is cached that could be bypassed.
        ...fields(["disablePageOut", "forceUnitAccess"], [true], "DVD-RAM"),
        ["lba", 0xffff_ffff, "DVD-RAM", "5/21/00"],
        ["lba", 300, "written CD-R", "5/64/00"],
        ["blocks", 0, "DVD-RAM", "good"],
        ...(layout === mmc.read12
          ? ([
              ["streaming", true, "DVD-RAM", "good"],
              ["blocks", 0x2_0000, "DVD-RAM", invalid("6")],
            ] as const)
          : []),
      ],
    }),
  ),
  ...[mmc.write10, mmc.write12].map((layout) =>
    audit(layout, {
      usual: { blocks: 16 },
      data: block,
      rows: [
        ...fields(["disablePageOut", "forceUnitAccess"], [true], "DVD-RAM"),
        ["lba", 16, "blank DVD-R", "5/21/02"],
        ["lba", -1, "DVD-RAM", "5/21/00"],
        ["lba", 8_000_000, "DVD-RAM", "5/21/00"],
        ["blocks", 0, "DVD-RAM", "good"],
        ["blocks", 17, "DVD-RAM", "5/1a/00"],
        ...(layout === mmc.write12
          ? ([
              ["streaming", true, "DVD-RAM", "good"],
              ["verifyNotRequired", true, "DVD-RAM", "good"],
              ["blocks", 0x2_0000, "DVD-RAM", invalid("6")],
            ] as const)
          : []),
      ],
    }),
  ),
  audit(mmc.seek10, {
    rows: [
      ["lba", 2_236_703, "DVD-RAM", "good"],
      ["lba", 2_236_704, "DVD-RAM", "5/21/00"],
    ],
  }),
  audit(mmc.writeAndVerify10, {
    usual: { blocks: 16 },
    data: block,
    rows: [
      ...fields(["disablePageOut", "forceUnitAccess", "byteCheck"], [true], "DVD-RAM"),
      ["lba", 16, "blank DVD-R", "5/21/02"],
      ["blocks", 17, "DVD-RAM", "5/1a/00"],
    ],
  }),
  audit(mmc.verify10, {
    usual: { blocks: 1 },
    data: block,
    rows: [
      ["byteCheck", true, "DVD-RAM", "e/1d/00"],
      ["lba", 8_000_000, "DVD-RAM", "5/21/00"],
      ["blocks", 0, "DVD-RAM", "good"],
    ],
  }),
  audit(mmc.synchronizeCache, {
    // A part of the buffer is never kept back.
    rows: [...fields(["immediate"], [true], "DVD-RAM"), ...fields(["lba", "blocks"], [1], "DVD-RAM")],
  }),
  audit(mmc.readToc, {
    usual: { allocationLength: 804 },
    rows: [
      ["msf", true, "written CD-R", "good"],
      ...[0, 1, 2, 4].map((format): Row => ["format", format, "written CD-R", "good"]),
      // The PMA, CD-Text, and what is none.
      ...[3, 5, 6, 15].map((format): Row => ["format", format, "written CD-R", invalid("2.3")]),
      ...[2, 3, 4, 5].map((format): Row => ["format", format, "DVD-RAM", invalid("2.3")]),
      ["from", 2, "written CD-R", invalid("6")],
      ["from", 0xaa, "written CD-R", "good"],
      ["oldFormat", 1, "written CD-R", "good"],
      ["oldFormat", 3, "written CD-R", invalid("2.3")],
      ["allocationLength", 0, "written CD-R", "good"],
      ["format", 0, "blank CD-R", "5/24/00"],
    ],
  }),
  audit(mmc.getConfiguration, {
    usual: { allocationLength: 1024 },
    rows: [
      ...fields(["requestType"], [0, 1, 2], "DVD-RAM"),
      ["requestType", 3, "DVD-RAM", invalid("1.1")],
      ...fields(["feature"], [0x20, 0xffff], "DVD-RAM"),
      ...fields(["allocationLength"], [0, 8], "DVD-RAM"),
    ],
  }),
  audit(mmc.getEventStatus, {
    usual: { classes: 0x10, allocationLength: 8 },
    rows: [
      ["polled", false, "DVD-RAM", invalid("1.0")],
      ...fields(["classes"], [0, 0x10, 0x5e, 0xff], "DVD-RAM"),
      ...fields(["allocationLength"], [0, 4], "DVD-RAM"),
    ],
  }),
  audit(mmc.readDiscInformation, {
    usual: { allocationLength: 34 },
    rows: [
      ...fields(["dataType"], [0, 1], "DVD-RAM"),
      ["dataType", 2, "DVD-RAM", invalid("1.2")],
      ["dataType", 2, "POW", "good"],
      ...[3, 4, 5, 6, 7].map((type): Row => ["dataType", type, "POW", invalid("1.2")]),
      ...fields(["allocationLength"], [0, 2], "DVD-RAM"),
    ],
  }),
  audit(mmc.readTrackInformation, {
    usual: { addressType: 1, number: 1, allocationLength: 36 },
    rows: [
      ["open", true, "blank BD-R", "good"],
      ["open", true, "DVD-RAM", invalid("2")],
      ...fields(["addressType"], [0, 1, 2], "DVD-RAM"),
      ["addressType", 3, "DVD-RAM", invalid("1.1")],
      ["number", 0, "DVD-RAM", invalid("2")],
      ["number", 2, "DVD-RAM", invalid("2")],
      // The track that is written next has this number on CD and DVD+R only.
      ["number", 0xff, "blank CD-R", "good"],
      ["number", 0xff, "DVD+R DL", "good"],
      ["number", 0xff, "blank BD-R", invalid("2")],
      ...fields(["allocationLength"], [0, 8], "DVD-RAM"),
    ],
  }),
  audit(mmc.reserveTrack, {
    usual: { blocks: 32 },
    rows: [
      ["reserveManagementZone", true, "blank BD-R", invalid("1.1")],
      ["byAddress", true, "blank BD-R", invalid("1.0")],
      ["blocks", 32, "blank BD-R", "good"],
      ["blocks", 0, "blank BD-R", invalid("5")],
      ["blocks", 0xffff_ffff, "blank BD-R", "5/72/05"],
      ["blocks", 32, "DVD-RAM", "5/30/00"],
    ],
  }),
  audit(mmc.reserveTrackAt, {
    rows: [
      ["byAddress", true, "blank BD-R", invalid("1.0")],
      ["reserveManagementZone", true, "blank BD-R", invalid("1.1")],
      ["lba", 64, "blank BD-R", invalid("1.0")],
    ],
  }),
  audit(mmc.sendOpcInformation, {
    data: new Uint8Array(16),
    rows: [
      ["doOpc", true, "blank BD-R", "good"],
      // There are no zones that could be left out.
      ...fields(["exclude"], [1, 2, 3], "blank BD-R"),
      ...fields(["parameterLength"], [0, 8, 16], "blank BD-R"),
      ["parameterLength", 12, "blank BD-R", invalid("7")],
      ["parameterLength", 24, "blank BD-R", "5/1a/00"],
    ],
  }),
  audit(mmc.repairTrack, {
    rows: [
      ["track", 1, "blank BD-R", invalid("4")],
      ["immediate", true, "blank BD-R", invalid("4")],
    ],
  }),
  audit(mmc.modeSelect10, {
    data: mmc.modeData.build({ mediumType: 0, pages: [] }),
    rows: [
      ["pageFormat", false, "blank BD-R", invalid("1.4")],
      ["savePages", true, "blank BD-R", invalid("1.0")],
      ...fields(["parameterLength"], [0, 8], "blank BD-R"),
      ...[4, 9].map((length): Row => ["parameterLength", length, "blank BD-R", "5/1a/00"]),
    ],
  }),
  audit(mmc.modeSelect6, {
    data: mmc.modeData6.build({ mediumType: 0, pages: [] }),
    rows: [
      ["pageFormat", false, "blank BD-R", invalid("1.4")],
      ["savePages", true, "blank BD-R", invalid("1.0")],
      ...fields(["parameterLength"], [0, 4], "blank BD-R"),
      ["parameterLength", 5, "blank BD-R", "5/1a/00"],
    ],
  }),
  ...[mmc.modeSense10, mmc.modeSense6].map((layout) =>
    audit(layout, {
      usual: { page: 0x3f, allocationLength: 200 },
      rows: [
        // There are none.
        ["disableBlockDescriptors", true, "blank BD-R", "good"],
        ...fields(["control"], [0, 1, 2], "blank BD-R"),
        ["control", 3, "blank BD-R", "5/39/00"],
        ...fields(["page"], [0x01, 0x05, 0x08, 0x1d, 0x2a, 0x3f], "blank BD-R"),
        ...[0x00, 0x02, 0x0e, 0x1a, 0x3e].map((page): Row => ["page", page, "blank BD-R", invalid("2.5")]),
        ["subpage", 1, "blank BD-R", invalid("3")],
        ["subpage", 0xff, "blank BD-R", invalid("3")],
        ...fields(["allocationLength"], [0, 4], "blank BD-R"),
      ],
    }),
  ),
  audit(mmc.closeTrackSession, {
    usual: { function: 2 },
    rows: [
      ["immediate", true, "blank BD-R", "good"],
      // By medium: `rewritable.test.ts`, `sequential-media.test.ts`, `cut-inside.test.ts`.
      ...[0, 3, 4, 5, 7].map((fn): Row => ["function", fn, "blank BD-R", invalid("2.2")]),
      ...[0, 1, 2, 3, 4, 5, 6, 7].map((fn): Row => ["function", fn, "DVD-RAM", invalid("2.2")]),
      // Sessions have no number here.
      ["number", 7, "blank BD-R", "good"],
    ],
  }),
  audit(mmc.readBufferCapacity, {
    usual: { allocationLength: 12 },
    rows: [...fields(["inBlocks"], [true, false], "DVD-RAM"), ...fields(["allocationLength"], [0, 4], "DVD-RAM")],
  }),
  audit(mmc.sendCueSheet, {
    rows: [
      ["size", 32, "DVD-RAM", "5/30/00"],
      ["size", 32, "blank CD-R", "5/2c/00"],
    ],
  }),
  audit(mmc.reportLuns, {
    usual: { allocationLength: 16 },
    rows: [
      ...fields(["select"], [0, 1, 2], "DVD-RAM"),
      ["select", 3, "DVD-RAM", invalid("2")],
      ...fields(["allocationLength"], [0, 8], "DVD-RAM"),
    ],
  }),
  audit(mmc.blank, {
    rows: [
      ["immediate", true, "blank CD-RW", "good"],
      ...fields(["type"], [0, 1], "blank CD-RW"),
      ...[2, 3, 4, 5, 6, 7].map((type): Row => ["type", type, "blank CD-RW", invalid("1.2")]),
      ["type", 0, "blank CD-R", "5/30/06"],
      // Counts with types that are not there.
      ["start", 1, "blank CD-RW", "good"],
    ],
  }),
  audit(mmc.getPerformance, {
    usual: { dataType: 0x10, maximumDescriptors: 4 },
    rows: [
      ...fields(["dataType"], [0x10, 0x14, 0x00], "DVD-RAM"),
      // Exceptions.
      ...[0x11, 0x12].map((type): Row => ["dataType", type, "DVD-RAM", invalid("1.4")]),
      // All of the medium is told.
      ["lba", 1000, "DVD-RAM", "good"],
      ...fields(["maximumDescriptors"], [0, 1], "DVD-RAM"),
      ...fields(["type"], [0, 3], "DVD-RAM"),
      ...[1, 2, 4, 5, 0xff].map((type): Row => ["type", type, "DVD-RAM", invalid("10")]),
    ],
  }),
  audit(mmc.readDiscStructure, {
    usual: { allocationLength: 64 },
    rows: [
      ["mediaType", 1, "DVD-RAM", invalid("1.3")],
      ["mediaType", 0, "blank BD-R", invalid("1.3")],
      ["mediaType", 0, "blank CD-R", "5/30/00"],
      // No structure that is here has an address.
      ["address", 1, "DVD-RAM", "good"],
      ["layer", 1, "DVD-RAM", invalid("6")],
      ["layer", 1, "DVD+R DL", "good"],
      ["layer", 2, "DVD+R DL", invalid("6")],
      ...fields(["format"], [0x00, 0x0a, 0xc0, 0xff], "DVD-RAM"),
      ["format", 0x02, "DVD-RAM", invalid("7")],
      ...fields(["allocationLength"], [0, 4], "DVD-RAM"),
      // Without keys there is nothing to grant.
      ["authenticationGrant", 1, "DVD-RAM", "good"],
    ],
  }),
  audit(mmc.setStreaming, {
    data: mmc.streamingDescriptor.build({ writeSize: 1000, readSize: 1000 }),
    rows: [
      ["type", 5, "DVD-RAM", invalid("8")],
      ["parameterLength", 28, "DVD-RAM", "good"],
      ["parameterLength", 12, "DVD-RAM", "5/1a/00"],
    ],
  }),
  audit(mmc.setCdSpeed, {
    usual: { readSpeed: 0xffff, writeSpeed: 0xffff },
    // The drive turns as the speed is captured.
    rows: [
      ...fields(["rotation"], [0, 1], "DVD-RAM"),
      ...fields(["readSpeed", "writeSpeed"], [0, 1, 0xffff], "DVD-RAM"),
    ],
  }),
  audit(mmc.mechanismStatus, { rows: [...fields(["allocationLength"], [0, 8], "DVD-RAM")] }),
  audit(mmc.readCd, {
    usual: { blocks: 1, userData: true },
    rows: [
      ...fields(["sectorType"], [0, 2], "written CD-R"),
      ...[1, 3, 4, 5].map((type): Row => ["sectorType", type, "written CD-R", "5/64/00"]),
      ...[6, 7].map((type): Row => ["sectorType", type, "written CD-R", invalid("1.4")]),
      ["sectorType", 0, "DVD-RAM", "5/64/00"],
      // Counts for audio only.
      ["digitalAudioPlay", true, "written CD-R", "good"],
      ["lba", -1, "written CD-R", "5/21/00"],
      ["blocks", 0x2_0000, "written CD-R", invalid("6")],
      ["sync", true, "written CD-R", invalid("9.7")],
      ["header", 1, "written CD-R", invalid("9.6")],
      ["userData", false, "written CD-R", "good"],
      ["errorCorrection", true, "written CD-R", invalid("9.3")],
      ["errorFlags", 1, "written CD-R", invalid("9.2")],
      ["subChannel", 1, "written CD-R", invalid("10.2")],
    ],
  }),
];

/** Commands of MMC that the recorder does not have, as a drive without them answers. */
const missing = ["sendDiscStructure", "reserve6", "release6", "reserve10", "release10"] as const;

const isLayout = (value: unknown): value is CommandLayout =>
  typeof value === "object" && value !== null && "command" in value && "fields" in value;

describe("every command", () => {
  it("that has a layout is in this table, with every field of it, or refused", () => {
    const fieldsIn = (layout: CommandLayout<Fields>): readonly string[] =>
      Object.keys(layout.fields).map((name) => `${layout.command.name} ${name}`);
    const all = Object.values(mmc).filter(isLayout);
    const refused = missing.map((name) => opcodes[name].opcode);
    const expected = all.filter(({ command }) => !refused.some((one) => one === command.opcode)).flatMap(fieldsIn);
    const covered = audits.flatMap(({ layout, rows }) => rows.map(([name]) => `${layout.command.name} ${name}`));
    expect(expected.filter((name) => !covered.includes(name))).toEqual([]);
    const known = new Set(audits.map(({ layout }) => layout.command.opcode));
    expect([...commands.keys()].filter((opcode) => !known.has(opcode))).toEqual([]);
    for (const opcode of refused) expect(commands.has(opcode)).toBe(false);
  });

  const rows = audits.flatMap((one) =>
    one.rows.map(([field, value, stage, answer]) => ({ ...one, field, value, stage, answer })),
  );
  it.each(rows.map((row) => [row.layout.command.name, row.field, row.value, row.stage, row.answer, row] as const))(
    "%s, %s = %s, on %s: %s",
    (_, field, value, stage, answer, { layout, usual, data }) => {
      const cdb = layout.build({ ...usual, [field]: value });
      expect(answerOf(hostOn(stage), cdb, data)).toBe(answer);
    },
  );

  it("does the same whatever its reserved bits are", () => {
    const host = hostOn("written CD-R");
    const before = host.recorder.snapshot();
    for (const { layout, usual, data } of audits) {
      const cdb = layout.build({ ...usual });
      const covered = maskOf(layout);
      const reply = (bytes: Uint8Array): string => {
        host.recorder.restore(before);
        const { status, sense, dataIn } = host.recorder.run({ cdb: bytes, ...(data && { dataOut: data }) });
        return [status, sense, dataIn]
          .map((part) => (part instanceof Uint8Array ? Buffer.from(part).toString("hex") : part))
          .join();
      };
      const usualReply = reply(cdb);
      for (let bit = 8; bit < cdb.length * 8; bit++) {
        const mask = 0x80 >> (bit % 8);
        // READ TOC and RESERVE TRACK have two layouts in one command.
        if (((covered[bit >> 3] ?? 0) & mask) !== 0 || layout.command === opcodes.reserveTrack) continue;
        const changed = cdb.slice();
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) | mask;
        expect(reply(changed), `${layout.command.name} byte ${bit >> 3}, mask ${mask}`).toBe(usualReply);
      }
    }
  });
});

/** The bits that the fields of a command cover. */
function maskOf({ fields: all, size }: CommandLayout<Fields>): Uint8Array {
  const mask = new Uint8Array(size);
  for (const field of Object.values(all)) {
    for (let bit = 0; bit < field.width; bit++) {
      const place = 7 - field.bit + bit;
      const byte = field.at + (place >> 3);
      mask[byte] = (mask[byte] ?? 0) | (0x80 >> (place & 7));
    }
  }
  return mask;
}

describe("FUA", () => {
  it.each<[VirtualMediumId, number]>([
    ["dvd-ram", 16],
    ["bd-re", 32],
  ])("puts the blocks of a WRITE on a %s before the answer, whatever is lost of others", (medium, blocks) => {
    for (let seed = 1; seed <= 20; seed++) {
      const host = new Initiator(createVirtualRecorder({ medium, seed, formatted: true }));
      const cdb = mmc.write10.build({ lba: 64, blocks, forceUnitAccess: true });
      expect(host.send(cdb, blocksOf(blocks, 1))).toBe("good");
      host.write(128, blocksOf(blocks, 2));
      host.recorder.powerCut();
      host.recorder.powerOn();
      host.ready();
      expect(host.read(64, blocks)).toEqual(blocksOf(blocks, 1));
    }
  });

  it("moves no next address of a track", () => {
    const host = hostOn("blank DVD-R");
    const cdb = mmc.write10.build({ lba: 0, blocks: 5, forceUnitAccess: true });
    expect(host.send(cdb, blocksOf(5, 1))).toBe("good");
    expect(host.track(1)).toMatchObject({ nextWritable: 5 });
  });
});

describe("every field of a parameter list", () => {
  const format = (values: Parameters<typeof mmc.formatParameters.build>[0]): Uint8Array =>
    mmc.formatParameters.build({ immediate: true, blocks: 0, ...values });
  it.each<[string, Parameters<typeof mmc.formatParameters.build>[0], VirtualMediumId, string]>([
    ["FOV alone", { optionsValid: true }, "dvd-ram", "good"],
    ["DPRY with FOV", { optionsValid: true, disablePrimary: true }, "dvd-ram", "good"],
    ["DCRT with FOV", { optionsValid: true, disableCertification: true }, "dvd-ram", "good"],
    ["STPF with FOV", { optionsValid: true, stopFormat: true }, "dvd-ram", "good"],
    ["DCRT without FOV", { disableCertification: true }, "dvd-ram", "5/26/00 at 1.7 in list"],
    ["IP", { optionsValid: true, initializationPattern: true }, "dvd-ram", "5/26/00 at 1.3 in list"],
    ["VS", { optionsValid: true, vendorSpecific: true }, "dvd-ram", "5/26/00 at 1.0 in list"],
    ["no Immed", { immediate: false }, "dvd-ram", "good"],
    ["a descriptor of 7 bytes", { descriptorLength: 7 }, "dvd-ram", "5/26/00 at 2 in list"],
    ["blocks that are not listed", { blocks: 17 }, "dvd-ram", "5/26/00 at 4 in list"],
    ["a type that is not listed", { type: 0x3f }, "dvd-ram", "5/26/00 at 8.7 in list"],
    ["a sub-type that it has not", { type: 0x00, subType: 3 }, "bd-r", "5/26/00 at 8.1 in list"],
    ["packets of 16 blocks", { type: 0x10, parameter: 16 }, "cd-rw", "5/26/00 at 9 in list"],
    ["packets of the listed size", { type: 0x10, parameter: 32 }, "cd-rw", "good"],
    // Drives ignore it (captured of BD-RE).
    ["another number of spares", { type: 0x30, parameter: 7, blocks: 11_826_176 }, "bd-re", "good"],
  ])("FORMAT UNIT: %s", (_, values, medium, answer) => {
    const host = new Initiator(createVirtualRecorder({ medium }));
    expect(answerOf(host, mmc.formatUnit.build({}), format(values))).toBe(answer);
  });

  it("FORMAT UNIT, TryOut: checks all and changes nothing", () => {
    const host = hostOn("DVD-RAM");
    const before = host.read(0, 32);
    const list = format({ optionsValid: true, tryOut: true });
    expect(answerOf(host, mmc.formatUnit.build({}), list)).toBe("good");
    expect(host.read(0, 32)).toEqual(before);
    const wrong = format({ optionsValid: true, tryOut: true, blocks: 17 });
    expect(answerOf(host, mmc.formatUnit.build({}), wrong)).toBe("5/26/00 at 4 in list");
  });

  const { writeParametersPage } = mmc;
  type Page = Partial<Record<keyof typeof writeParametersPage.fields, Value | Uint8Array>>;
  const pageRows: readonly (readonly [keyof Page & string, Value | Uint8Array, string, Page?])[] = [
    ["savable", true, "good"],
    ["pageCode", 0x02, "5/26/00 at 8.5 in list"],
    ["pageLength", 0x30, "5/26/00 at 9 in list"],
    ["bufferUnderrunFree", true, "good"],
    ["linkSizeValid", true, "good"],
    ["testWrite", true, "5/26/00 at 10.4 in list"],
    ["writeType", 0, "good"],
    ["writeType", 2, "good"],
    ...[3, 4, 5, 15].map((type) => ["writeType", type, "5/26/00 at 10.3 in list"] as const),
    ["multisession", 0, "good"],
    ["multisession", 3, "good"],
    ["multisession", 1, "5/26/00 at 11.7 in list"],
    ["multisession", 2, "5/26/00 at 11.7 in list"],
    ["fixedPacket", true, "good"],
    ["copy", true, "good"],
    ["trackMode", 5, "good"],
    ["dataBlockType", 10, "good"],
    ["dataBlockType", 1, "5/26/00 at 12.3 in list", { writeType: 2 }],
    ["linkSize", 7, "good"],
    ["applicationCode", 1, "good"],
    ["sessionFormat", 0x20, "good"],
    ["sessionFormat", 0x30, "5/26/00 at 16 in list"],
    ["packetSize", 32, "good"],
    ["audioPause", 0, "good"],
    ["mediaCatalogNumber", new Uint8Array(16).fill(1), "good"],
    ["recordingCode", new Uint8Array(16).fill(1), "good"],
    ["subHeader", 1, "good"],
  ];
  const cases = pageRows.map(([name, value, answer, more]) => [name, value, answer, more ?? {}] as const);
  it.each(cases)("MODE SELECT, page 05h: %s = %s: %s", (name, value, answer, more) => {
    const values = { writeType: 1, dataBlockType: 8, ...more, [name]: value } as Parameters<
      typeof writeParametersPage.build
    >[0];
    const page = writeParametersPage.build(values);
    const list = mmc.modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
    const host = new Initiator(createVirtualRecorder({ medium: "cd-r" }));
    expect(answerOf(host, mmc.modeSelect10.build({ parameterLength: list.length }), list)).toBe(answer);
    if (answer !== "good") return;
    // What was taken is told by MODE SENSE.
    const told = mmc.modeData.parse(host.data(mmc.modeSense10.build({ page: 5, allocationLength: 100 }))).pages[0];
    const kept = writeParametersPage.parse(told ?? new Uint8Array());
    expect(kept[name]).toEqual(name === "savable" ? false : value);
  });
  it("MODE SELECT: page 05h is in this table with every field", () => {
    expect([...new Set(pageRows.map(([name]) => name))].sort()).toEqual(Object.keys(writeParametersPage.fields).sort());
  });

  it.each<[string, Parameters<typeof mmc.streamingDescriptor.build>[0], string]>([
    ["rotation", { rotation: 1 }, "good"],
    ["restoreDefaults", { restoreDefaults: true, writeTime: 0 }, "good"],
    ["exact", { exact: true }, "good"],
    ["randomAccess", { randomAccess: true }, "good"],
    ["startLba", { startLba: 100 }, "good"],
    ["endLba", { endLba: 100 }, "good"],
    ["readSize", { readSize: 0 }, "good"],
    ["readTime", { readTime: 0 }, "5/26/00 at 16 in list"],
    ["writeSize", { writeSize: 0xffff_ffff }, "good"],
    ["writeTime", { writeTime: 0 }, "5/26/00 at 24 in list"],
  ])("SET STREAMING, %s", (name, values, answer) => {
    expect(Object.keys(mmc.streamingDescriptor.fields)).toContain(name);
    const list = mmc.streamingDescriptor.build({ readSize: 1000, writeSize: 1000, ...values });
    expect(answerOf(hostOn("DVD-RAM"), mmc.setStreaming.build({}), list)).toBe(answer);
  });
});
