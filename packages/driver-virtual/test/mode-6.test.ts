import {
  capabilitiesPage,
  modeData,
  modeData6,
  modePageCode,
  modeSelect6,
  modeSense6,
  modeSense10,
  writeParametersPage,
} from "@multisession/mmc";
import { describe, expect, it } from "vitest";
import { createVirtualRecorder } from "../src/index.ts";
import { Initiator } from "./support/initiator.ts";

const hostOf = (): Initiator => new Initiator(createVirtualRecorder({ medium: "dvd-r" }));

describe("MODE SENSE(6) and MODE SELECT(6)", () => {
  it("tell the pages that the long forms tell", () => {
    const host = hostOf();
    const short = modeData6.parse(host.data(modeSense6.build({ page: 0x3f, allocationLength: 255 })));
    const long = modeData.parse(host.data(modeSense10.build({ page: 0x3f, allocationLength: 1024 })));
    expect(short).toEqual(long);
    expect(short.pages.map(modePageCode)).toEqual([0x01, 0x05, 0x08, 0x1d, 0x2a]);
  });

  it("tell Linux, which asks for 128 bytes of page 2Ah, what the drive can", () => {
    const answer = hostOf().data(modeSense6.build({ page: 0x2a, allocationLength: 128 }));
    const [page] = modeData6.parse(answer).pages;
    expect(page && capabilitiesPage.parse(page)).toMatchObject({
      writesCdR: true,
      writesDvdR: true,
      writesDvdRam: true,
    });
  });

  it("set a page", () => {
    const host = hostOf();
    const page = writeParametersPage.build({ writeType: 0, multisession: 3, dataBlockType: 8 });
    const list = modeData6.build({ mediumType: 0, pages: [page] }).fill(0, 0, 1);
    expect(host.send(modeSelect6.build({ parameterLength: list.length }), list)).toBe("good");
    const [set] = modeData6.parse(host.data(modeSense6.build({ page: 0x05, allocationLength: 255 }))).pages;
    expect(set && writeParametersPage.parse(set)).toMatchObject({ writeType: 0, multisession: 3 });
  });

  it("refuse what they do not have", () => {
    const host = hostOf();
    expect(host.send(modeSense6.build({ page: 0x30, allocationLength: 255 }))).toBe("5/24/00");
    expect(host.send(modeSense6.build({ page: 0x05, control: 3, allocationLength: 255 }))).toBe("5/39/00");
    expect(host.send(modeSelect6.build({ parameterLength: 2 }), new Uint8Array(2))).toBe("5/1a/00");
  });
});
