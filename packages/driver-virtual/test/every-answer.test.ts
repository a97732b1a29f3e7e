import type { Field, Fields, Struct } from "@multisession/mmc";
import * as mmc from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, SimulatedClock, type VirtualMediumId, virtualMedia } from "../src/index.ts";
import { blocksOf, Initiator } from "./support/initiator.ts";

/** An answer: its layout, how to ask for it, and the fields that are zero on every disc here, each with the reason. */
interface Answer {
  readonly name: string;
  readonly layout: Pick<Struct<Fields>, "fields" | "parse">;
  /** Structures of that layout in the answers of a drive. */
  readonly ask: (host: Initiator) => readonly Uint8Array[];
  readonly never: Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noExplicitAny: every layout has fields of its own
const answer = (name: string, layout: any, ask: Answer["ask"], never: Answer["never"] = {}): Answer => {
  return { name, layout, ask, never };
};

/** The answer to one command; none when it is refused. */
const reply =
  (cdb: Uint8Array) =>
  (host: Initiator): readonly Uint8Array[] => {
    const { dataIn } = host.recorder.run({ cdb });
    return dataIn === undefined ? [] : [dataIn];
  };
const entries =
  (cdb: Uint8Array, head: number, size: number) =>
  (host: Initiator): readonly Uint8Array[] =>
    reply(cdb)(host).flatMap((bytes) => mmc.entriesOf(bytes.subarray(head), size));
const structure =
  (mediaType: number, format: number) =>
  (host: Initiator): readonly Uint8Array[] =>
    reply(mmc.readDiscStructure.build({ mediaType, format, allocationLength: 8192 }))(host).map((bytes) =>
      bytes.subarray(4),
    );
const tracks = (host: Initiator): readonly Uint8Array[] =>
  Array.from({ length: host.disc().lastTrack }, (_, index) =>
    mmc.readTrackInformation.build({ addressType: 1, number: index + 1, allocationLength: 36 }),
  ).flatMap((cdb) => reply(cdb)(host));
const page =
  (code: number) =>
  (host: Initiator): readonly Uint8Array[] =>
    mmc.modeData.parse(host.data(mmc.modeSense10.build({ page: code, allocationLength: 200 }))).pages;

const oldDrives = "of changers and caddies, or obsolete";
const noOwner = "no program of the field writes it";

const answers: readonly Answer[] = [
  answer("READ DISC INFORMATION", mmc.discInformation, reply(mmc.readDiscInformation.build({ allocationLength: 34 })), {
    dataType: "0 is the standard one",
    discIdValid: noOwner,
    barCodeValid: "nothing reads bar codes",
    applicationCodeValid: noOwner,
    dirty: "MRW only",
    discId: noOwner,
    barCodeHigh: "nothing reads bar codes",
    barCodeLow: "nothing reads bar codes",
    applicationCode: noOwner,
    calibrationEntries: "there is no laser to calibrate",
  }),
  answer(
    "READ DISC INFORMATION, tracks",
    mmc.trackResources,
    reply(mmc.readDiscInformation.build({ dataType: 1, allocationLength: 12 })),
  ),
  answer(
    "READ DISC INFORMATION, pseudo-overwrite",
    mmc.pseudoOverwriteResources,
    reply(mmc.readDiscInformation.build({ dataType: 2, allocationLength: 16 })),
  ),
  answer("READ TRACK INFORMATION", mmc.trackInformation, tracks, {
    layerJump: "layer jump recording is refused",
    copy: "mode page 05h does not reach the table of contents",
  }),
  answer("READ CAPACITY", mmc.capacityData, reply(mmc.readCapacity.build({}))),
  answer("READ TOC", mmc.tocEntry, entries(mmc.readToc.build({ allocationLength: 804 }), 4, 8)),
  answer("READ TOC, sessions", mmc.sessionInformation, reply(mmc.readToc.build({ format: 1, allocationLength: 12 }))),
  answer("READ TOC, raw", mmc.rawTocEntry, entries(mmc.readToc.build({ format: 2, allocationLength: 804 }), 4, 11), {
    track: "0 in the lead-in",
    zero: "reserved",
  }),
  answer("ATIP", mmc.atip, reply(mmc.readToc.build({ format: 4, allocationLength: 28 })), {
    unrestricted: "no audio disc",
    subType: "no capture tells of an old one",
    ...Object.fromEntries(
      ["hasA1", "hasA2", "hasA3", "a1", "a2", "a3"].map((name) => [name, "what lasers need is not known of the disc"]),
    ),
  }),
  answer(
    "GET PERFORMANCE",
    mmc.nominalSpeed,
    entries(mmc.getPerformance.build({ dataType: 0x14, maximumDescriptors: 8 }), 8, 16),
    { startLba: "one stretch, from the first block on; drives with more: `drives.test.ts`" },
  ),
  answer(
    "GET PERFORMANCE, write speeds",
    mmc.writeSpeed,
    entries(mmc.getPerformance.build({ type: 3, maximumDescriptors: 8 }), 8, 16),
    {
      rotation: "as the drive that was captured: `drives.test.ts`",
      restoreDefaults: "a request of SET STREAMING",
      exact: "speeds are the nearest ones",
      mixed: "no capture has it",
    },
  ),
  answer(
    "READ BUFFER CAPACITY",
    mmc.bufferCapacity,
    reply(mmc.readBufferCapacity.build({ inBlocks: true, allocationLength: 12 })),
  ),
  answer(
    "MECHANISM STATUS",
    mmc.mechanismStatusData,
    (host) => {
      host.send(mmc.startStopUnit.build({ loadEject: true }));
      const told = reply(mmc.mechanismStatus.build({ allocationLength: 8 }))(host);
      host.send(mmc.startStopUnit.build({ loadEject: true, start: true }));
      host.ready();
      return told;
    },
    Object.fromEntries(
      ["fault", "changerState", "currentSlot", "mechanismState", "lba", "slots", "slotTableLength"].map((name) => [
        name,
        oldDrives,
      ]),
    ),
  ),
  answer("INQUIRY", mmc.inquiryData, reply(mmc.inquiry.build({ allocationLength: 36 })), { qualifier: "connected" }),
  answer("mode page 01h", mmc.errorRecoveryPage, page(0x01), {
    savable: "5/39/00",
    ...Object.fromEntries(
      ["transferBlock", "readContinuous", "postError", "disableTransferOnError", "disableCorrection"]
        .concat(["writeRetries", "recoveryLimit"])
        .map((name) => [name, "the default"]),
    ),
  }),
  answer("mode page 08h", mmc.cachingPage, page(0x08), { savable: "5/39/00", readCacheDisabled: "the default" }),
  answer("mode page 1Dh", mmc.timeoutPage, page(0x1d), {
    savable: "5/39/00",
    ...Object.fromEntries(
      ["group3Timeout", "timeoutMode", "disableWriteProtect", "softwareWriteProtect"].map((name) => [
        name,
        "the default",
      ]),
    ),
  }),
  answer("mode page 2Ah", mmc.capabilities, page(0x2a), {
    savable: "5/39/00",
    testWrite: "refused",
    playsAudio: "nothing plays",
    cdDaCommands: "audio is refused",
    cdDaAccurate: "audio is refused",
    locked: "until PREVENT: `commands.test.ts`",
    preventJumper: "there is none",
    rotation: "as the drive that was captured: `drives.test.ts`",
  }),
  answer("DVD physical format", mmc.dvdPhysicalFormat, structure(0, 0x00), {
    discSize: "0 is 120 mm",
    linearDensity: "not known of the disc",
    trackDensity: "not known of the disc",
    burstCutting: "there is none",
    revision: "the first",
  }),
  answer("DVD layer boundary", mmc.layerBoundary, structure(0, 0x20), {
    isSettled: "it can be moved until it is written",
  }),
  answer("DVD pre-recorded information", mmc.dvdPreRecorded, structure(0, 0x0e)),
  answer("DVD-RAM spare areas", mmc.dvdSpare, structure(0, 0x0a), {}),
  answer("BD disc information", mmc.bdDiscUnit, structure(1, 0x00), {
    layer: "of the first layer",
    sequence: "the first unit",
    continuation: "it has no second part",
    discSize: "0 is 120 mm",
    class: "the first",
    burstCutting: "there is none",
    maximumRate: "not known of the disc",
    lastSector: "0 on BD-R (captured)",
    timestamp: "not known of the disc",
    revision: "the first",
  }),
  answer("BD disc definition", mmc.bdDefinition, structure(1, 0x08), {
    driveArea: "there is none",
    defectList: "it lies in no block",
    outerSpare: "all spares are told as inner ones",
    innerSpare1: "all spares are told as inner ones",
    fullFlags: "not known of the disc",
  }),
  answer("BD spare areas", mmc.bdSpare, structure(1, 0x0a)),
  answer("write protection", mmc.writeProtection, structure(0, 0xc0), {
    cartridge: "no disc has one",
    persistent: "there is no command for it",
    softwareUntilPowerOff: "where the disc file may not be written: `read-only` discs",
  }),
];

function setPage(host: Initiator, values: Parameters<typeof mmc.writeParametersPage.build>[0]): void {
  const built = mmc.writeParametersPage.build({ multisession: 3, dataBlockType: 8, ...values });
  const list = mmc.modeData.build({ mediumType: 0, pages: [built] }).fill(0, 0, 2);
  host.send(mmc.modeSelect10.build({ parameterLength: list.length }), list);
}

/** Every medium as it is made, while it is written, with a session, with a second one, and with a damaged track. */
function hosts(): readonly Initiator[] {
  const made = virtualMedia.map(({ id }) => new Initiator(createVirtualRecorder({ medium: id })));
  const written = virtualMedia.map(({ id }) => recorded(id));
  const clock = new SimulatedClock();
  const formatting = new Initiator(createVirtualRecorder({ medium: "dvd+rw", clock }));
  formatting.format(0x26);
  return [...made, ...written, formatting, mode2(), cut()];
}

function recorded(medium: VirtualMediumId): Initiator {
  const formatted = medium === "dvd+rw" || medium === "bd-re" ? { formatted: true } : {};
  const host = new Initiator(createVirtualRecorder({ medium, ...formatted }));
  setPage(host, { writeType: medium === "cd-r" || medium === "cd-rw" ? 1 : 0 });
  for (let session = 1; session <= 2; session++) {
    host.write(host.track(host.disc().lastTrack).nextWritable, blocksOf(320, session));
    host.sync();
    host.close(1, host.disc().lastTrack);
    host.close(2);
  }
  host.reserve(64);
  // With pseudo-overwrite it replaces clusters, and the flush costs an update.
  host.write(0, blocksOf(32, 3));
  host.sync();
  return host;
}

function mode2(): Initiator {
  const host = new Initiator(createVirtualRecorder({ medium: "cd-r" }));
  setPage(host, { writeType: 1, dataBlockType: 10 });
  host.write(0, blocksOf(300, 1));
  host.sync();
  return host;
}

function cut(): Initiator {
  const host = new Initiator(createVirtualRecorder({ medium: "dvd-r" }));
  setPage(host, { writeType: 0 });
  host.write(0, blocksOf(64, 1));
  host.sync();
  host.recorder.arm([{ fault: "power-cut", after: "command", count: 0, damagesTracks: true }]);
  try {
    host.sync();
  } catch {
    host.recorder.powerOn();
    host.ready();
  }
  return host;
}

const isZero = (value: unknown): boolean =>
  value === 0 || value === false || value === "" || (value instanceof Uint8Array && value.every((byte) => byte === 0));

/** Features that no disc here makes current, and fields that are zero on all of them, each with the reason. */
const unseen: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["CD Mastering, testWrite", "CD Track At Once, testWrite", "DVD-R/-RW Write, testWrite"].map((name) => [
      name,
      "rehearsals are refused",
    ]),
  ),
  ...Object.fromEntries(
    ["CD Mastering, raw", "CD Mastering, rawMultisession", "CD Mastering, subCode", "CD Read, cdText"]
      .concat(["CD Read, digitalAudio", "CD Read, errorFlags", "CD Track At Once, packedSubChannel"])
      .concat(["CD Track At Once, rawSubChannel", "CD Track At Once, subCode"])
      .map((name) => [name, "the disc has room for blocks of 2048 bytes only"]),
  ),
  ...Object.fromEntries(
    ["BD Read, burstCutting", "CD-RW CAV Write", "DVD+RW Dual Layer", "DVD+RW, closeOnly", "Hybrid Disc", "MRW", "TSR"]
      .concat(["Sector Erasable", "Layer Jump Recording", "Enhanced Defect Reporting", "Firmware Upgrade"])
      .concat(["Rigid Restricted Overwrite, defectStatusGenerate", "Rigid Restricted Overwrite, defectStatusRead"])
      .map((name) => [name, "there is no such disc, or nothing of it, here"]),
  ),
  "BD Write, verifyNotRequired": "its bit in WRITE(12) is unconfirmed",
  "Core, deviceBusyEvents": "a drive that works says so with its sense",
  "Formattable, fullReformat": "unconfirmed",
  "Incremental Streaming Writable, addressReservation": "tracks are reserved by size",
  "Morphing, asynchronous": "events are polled for",
  "Real-Time Streaming, setMediumProfile": "unconfirmed",
  "Removable Medium, preventJumper": "there is none",
  "Timeout, group3": "commands take the time that they take",
  "Timeout, unitLength": "commands take the time that they take",
  "Write Protect": "discs are protected by their files, which no command changes",
};

describe("every field of an answer", () => {
  const all = hosts();

  it("of GET CONFIGURATION is told on some disc, or never, and why", () => {
    const told = new Set<string>();
    for (const host of all) {
      const { features } = mmc.configuration.parse(host.data(mmc.getConfiguration.build({ allocationLength: 4096 })));
      for (const layout of Object.values(mmc.features)) {
        const feature = features.find(({ code, isCurrent }) => code === layout.code && isCurrent);
        if (feature === undefined) continue;
        told.add(layout.name);
        for (const [name, value] of Object.entries(layout.read(feature as never)))
          if (!isZero(value)) told.add(`${layout.name}, ${name}`);
      }
    }
    const missing = Object.values(mmc.features).flatMap(({ name, layout }) => {
      if (!told.has(name)) return [name];
      return Object.keys(layout.fields)
        .map((field) => `${name}, ${field}`)
        .filter((field) => !told.has(field));
    });
    expect(missing.sort()).toEqual(Object.keys(unseen).sort());
  });
  it.each(answers.map((one) => [one.name, one] as const))("of %s is told on some disc, or never, and why", (_, one) => {
    const told = new Set<string>();
    for (const bytes of all.flatMap(one.ask)) {
      for (const [name, field] of Object.entries(one.layout.fields) as [string, Field<unknown>][]) {
        if (!isZero(field.read(bytes))) told.add(name);
      }
    }
    const expected = Object.keys(one.layout.fields).filter((name) => one.never[name] === undefined);
    expect([...told].sort()).toEqual(expected.sort());
  });
});
