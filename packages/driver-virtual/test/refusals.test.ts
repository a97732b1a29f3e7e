import {
  configuration,
  features,
  getConfiguration,
  modeData,
  modeSelect10,
  opcodes,
  profileList,
  readDiscStructure,
  readTrackInformation,
  requestSense,
  reserveTrack,
  sendDiscStructure,
  structureList,
  trackInformation,
  writeParametersPage,
  writeTypes,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type VirtualMediumId } from "../src/index.ts";
import { Initiator } from "./support/initiator.ts";

const hostOf = (medium: VirtualMediumId): Initiator => new Initiator(createVirtualRecorder({ medium }));

describe("what the recorder does not do", () => {
  it.each<[string, VirtualMediumId, number]>([
    ["a grown session, where none is formatted,", "cd-rw", 0x11],
    ["an added session, where none is formatted,", "cd-rw", 0x12],
    ["an added session, where there is no room,", "cd-rw-packet", 0x12],
    ["a quick format", "cd-rw", 0x15],
    ["MRW", "cd-rw", 0x24],
    ["MRW", "dvd+rw", 0x24],
    ["growing, where there is no room,", "dvd-rw-ro", 0x11],
    ["an added session, where there is no room,", "dvd-rw-ro", 0x12],
    ["a quickly added border, where there is no room,", "dvd-rw-ro", 0x14],
    ["growing, where nothing is formatted,", "dvd-rw", 0x11],
    ["a format of another family", "bd-re", 0x26],
  ])("is refused as a format: %s on a %s", (_, medium, type) => {
    expect(hostOf(medium).format(type, 0, 0)).toBe("5/26/00");
  });

  it("is refused as a reservation: by address, of a management zone, and of nothing", () => {
    const host = hostOf("bd-r");
    expect(host.send(reserveTrack.build({ byAddress: true, blocks: 64 }))).toBe("5/24/00");
    expect(host.send(reserveTrack.build({ reserveManagementZone: true, blocks: 64 }))).toBe("5/24/00");
    expect(host.send(reserveTrack.build({ blocks: 0 }))).toBe("5/24/00");
  });

  it("is refused as a structure: of a CD, and one that a medium has not", () => {
    expect(hostOf("cd-r").send(readDiscStructure.build({ allocationLength: 64 }))).toBe("5/30/00");
    expect(hostOf("dvd+r").send(readDiscStructure.build({ format: 0x0c, allocationLength: 64 }))).toBe("5/24/00");
    expect(hostOf("bd-r").send(readDiscStructure.build({ format: 0, allocationLength: 64 }))).toBe("5/24/00");
  });

  it("is refused as a form of sense data: descriptors", () => {
    expect(hostOf("bd-r").send(requestSense.build({ descriptorFormat: true, allocationLength: 18 }))).toBe("5/24/00");
  });

  it.each([opcodes.sendKey, opcodes.reportKey, opcodes.readBuffer, opcodes.writeBuffer, opcodes.sendDiscStructure])(
    "is refused as a command: $name",
    ({ opcode, length }) => {
      const cdb = new Uint8Array(length);
      cdb[0] = opcode;
      expect(hostOf("dvd-r").send(cdb)).toBe("5/20/00");
    },
  );
});

describe("layer jump recording of a DVD-R with two layers", () => {
  const host = hostOf("dvd-r-dl");
  const listOf = (drive: Initiator): readonly number[] =>
    structureList
      .parse(drive.data(readDiscStructure.build({ format: 0xff, allocationLength: 256 })))
      .map(({ format }) => format);

  it("is no way of writing that mode page 05h can ask for", () => {
    const page = writeParametersPage.build({ writeType: writeTypes.layerJump, dataBlockType: 8 });
    const list = modeData.build({ mediumType: 0, pages: [page] }).fill(0, 0, 2);
    expect(host.send(modeSelect10.build({ parameterLength: list.length }), list)).toBe("5/26/00");
  });

  it("is no profile and no feature of the drive", () => {
    const asked = getConfiguration.build({ allocationLength: 4096 });
    const { profile, features: all } = configuration.parse(host.data(asked));
    expect(profile).toBe(0x15);
    expect(all.map(({ code }) => code)).not.toContain(features.layerJump.code);
    expect(profileList.parse(all[0]?.data ?? new Uint8Array()).map((entry) => entry.profile)).not.toContain(0x16);
    // A drive that lacks one feature answers the header alone.
    const one = { requestType: 2, feature: features.layerJump.code, allocationLength: 16 };
    expect(host.hex(getConfiguration.build(one))).toBe("0000000400000015");
  });

  it("has no structures, neither to read nor to send", () => {
    expect(listOf(host)).toContain(0x20);
    for (const format of [0x21, 0x22, 0x23, 0x24]) {
      expect(host.send(readDiscStructure.build({ format, allocationLength: 64 }))).toBe("5/24/00");
      expect(listOf(host)).not.toContain(format);
      const list = new Uint8Array(8);
      expect(host.send(sendDiscStructure.build({ format, parameterLength: 8 }), list)).toBe("5/20/00");
    }
  });

  it("shows in no track: its state is 0, and no jump address follows", () => {
    const reply = host.data(readTrackInformation.build({ addressType: 1, number: 1, allocationLength: 48 }));
    expect(reply.length).toBe(36);
    expect(trackInformation.parse(reply)).toMatchObject({ dataLength: 34, layerJump: 0, trackMode: 4 });
  });
});
