import { opcodes, readDiscStructure, requestSense, reserveTrack } from "@multisession/mmc";
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
