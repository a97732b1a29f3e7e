import {
  readCd,
  sectorTypes,
  sendOpcInformation,
  synchronizeCache,
  verify10,
  writeAndVerify10,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type VirtualMediumId } from "../src/index.ts";
import { setPage } from "./support/answers.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

function hostOf(medium: VirtualMediumId): Initiator {
  const host = new Initiator(createVirtualRecorder({ medium }));
  if (medium === "cd-r") setPage(host, 1, false);
  host.write(0, blocksOf(320, 1));
  host.send(synchronizeCache.build({}));
  return host;
}

describe("READ CD", () => {
  it("reads the user data of sectors, of any type and of the one that they have", () => {
    const host = hostOf("cd-r");
    for (const sectorType of [sectorTypes.any, sectorTypes.mode1]) {
      const data = host.data(readCd.build({ lba: 16, blocks: 4, userData: true, sectorType }));
      expect(marksOf(data)).toEqual(marks(4, 1, 16));
    }
    expect(host.send(readCd.build({ lba: 16, blocks: 4 }))).toBe("good");
  });

  it.each<[string, Parameters<typeof readCd.build>[0], string]>([
    ["audio", { sectorType: sectorTypes.audio, userData: true }, "5/64/00"],
    ["Mode 2 where there is Mode 1", { sectorType: sectorTypes.mode2Form1, userData: true }, "5/64/00"],
    ["headers", { header: 1, userData: true }, "5/24/00"],
    ["whole sectors", { sync: true, header: 3, userData: true, errorCorrection: true }, "5/24/00"],
    ["sub-channels", { userData: true, subChannel: 1 }, "5/24/00"],
    ["error flags", { userData: true, errorFlags: 1 }, "5/24/00"],
    ["the pregap", { lba: -2, userData: true }, "5/21/00@4294967294"],
    ["run-out blocks", { lba: 320, userData: true }, "5/64/00@320"],
  ])("does not make up %s", (_, fields, sense) => {
    expect(hostOf("cd-r").send(readCd.build({ lba: 16, blocks: 1, ...fields }))).toBe(sense);
  });

  it("is not for DVD and BD", () => {
    for (const medium of ["dvd+r", "bd-r"] as const)
      expect(hostOf(medium).send(readCd.build({ lba: 0, blocks: 1, userData: true }))).toBe("5/64/00");
  });
});

describe("VERIFY and WRITE AND VERIFY", () => {
  it("read what is there, and compare it with what the host sends", () => {
    const host = hostOf("bd-r");
    const same = blocksOf(320, 1).subarray(0, 8 * 2048);
    const other = same.slice().fill(9, 5 * 2048 + 7, 5 * 2048 + 9);
    expect(host.send(verify10.build({ lba: 0, blocks: 8 }))).toBe("good");
    expect(host.send(verify10.build({ lba: 0, blocks: 8, byteCheck: true }), same)).toBe("good");
    expect(host.send(verify10.build({ lba: 0, blocks: 8, byteCheck: true }), other)).toBe("e/1d/00@5");
    expect(host.send(verify10.build({ lba: 0, blocks: 8, byteCheck: true }), same.subarray(2048))).toBe("5/1a/00");
    expect(host.send(verify10.build({ lba: 400, blocks: 1 }))).toBe("8/00/00@400");
  });

  it("find what a drive that lies has not written", () => {
    const host = hostOf("bd-r");
    const data = blocksOf(32, 2);
    expect(host.send(writeAndVerify10.build({ lba: 320, blocks: 32, byteCheck: true }), data)).toBe("good");
    host.recorder.arm([{ fault: "lying" }]);
    expect(host.send(writeAndVerify10.build({ lba: 352, blocks: 32, byteCheck: true }), data)).toBe("e/1d/00@352");
  });
});

describe("SEND OPC INFORMATION", () => {
  it.each<[string, Parameters<typeof sendOpcInformation.build>[0], number, string]>([
    ["calibrates when it is asked to", { doOpc: true }, 0, "good"],
    ["takes earlier values", { parameterLength: 16 }, 16, "good"],
    ["does not take both", { doOpc: true, parameterLength: 8 }, 8, "5/24/00"],
    ["takes whole entries only", { parameterLength: 12 }, 12, "5/24/00"],
    ["needs all that it names", { parameterLength: 16 }, 8, "5/1a/00"],
    ["may be asked nothing", {}, 0, "good"],
  ])("%s", (_, fields, bytes, sense) => {
    expect(hostOf("dvd+r").send(sendOpcInformation.build(fields), new Uint8Array(bytes))).toBe(sense);
  });
});
