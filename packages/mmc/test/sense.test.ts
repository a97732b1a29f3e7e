import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildSense, describeSense, parseSense, type SenseData, senseError } from "../src/index.ts";
import { hex } from "./scripted-drive.ts";

describe("sense data", () => {
  it("reads back what it wrote", () => {
    const sense = fc
      .record({
        key: fc.nat(15),
        asc: fc.nat(255),
        ascq: fc.nat(255),
        at: fc.option(fc.nat(0x7fff_ffff), { nil: undefined }),
        progress: fc.option(fc.nat(0xffff), { nil: undefined }),
        isDeferred: fc.option(fc.constant(true), { nil: undefined }),
      })
      // Other keys use the bytes of the progress for something else.
      .filter(({ key, progress }) => progress === undefined || key === 0 || key === 2)
      .map(
        (fields) =>
          Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as SenseData,
      );
    fc.assert(fc.property(sense, (value) => void expect(parseSense(buildSense(value))).toEqual(value)));
  });

  it("is 18 bytes in fixed format", () => {
    expect(buildSense({ key: 5, asc: 0x21, ascq: 2, at: 64 })).toEqual(
      hex("F0 00 05 00000040 0A 00000000 21 02 00 00 0000"),
    );
    expect(buildSense({ key: 2, asc: 4, ascq: 4, progress: 0x8000 })).toEqual(
      hex("70 00 02 00000000 0A 00000000 04 04 00 80 8000"),
    );
  });

  it("of descriptor format is understood, too", () => {
    const sense = hex("72 03 11 05 00 00 00 0C  00 0A 80 00 00000000 00000011");
    expect(parseSense(sense)).toEqual({ key: 3, asc: 0x11, ascq: 5, at: 17 });
    const waiting = hex("72 02 04 04 00 00 00 08  02 06 00 00 80 4000 00");
    expect(parseSense(waiting)).toEqual({ key: 2, asc: 4, ascq: 4, progress: 0x4000 });
  });

  it("with a pointer to a field is no progress, in either format", () => {
    const invalid = { key: 5, asc: 0x24, ascq: 0, field: { in: "command", byte: 2, bit: 7 } };
    expect(parseSense(hex("70 00 05 00000000 0A 00000000 24 00 00 CF 0002"))).toEqual(invalid);
    expect(parseSense(hex("72 05 24 00 00 00 00 08  02 06 00 00 CF 0002 00"))).toEqual(invalid);
    expect(describeSense(invalid as SenseData)).toBe(
      "the drive does not take this form of the command (illegal request 5/24/00, byte 2, bit 7 of the command)",
    );
  });

  it.each<SenseData>([
    { key: 5, asc: 0x24, ascq: 0, field: { in: "command", byte: 1, bit: 2 } },
    { key: 5, asc: 0x26, ascq: 0, field: { in: "data", byte: 300 } },
    { key: 2, asc: 4, ascq: 7, progress: 0x8000 },
    { key: 3, asc: 0x0c, ascq: 0, at: 4711, isDeferred: true },
  ])("reads as it was built: %o", (sense) => {
    expect(parseSense(buildSense(sense))).toEqual(sense);
  });

  it("is nothing when there are no bytes", () => {
    expect(parseSense(new Uint8Array())).toEqual({ key: 0, asc: 0, ascq: 0 });
  });
});

describe("sense in words", () => {
  it.each([
    [
      { key: 5, asc: 0x21, ascq: 2 },
      "the address cannot be written: it is not the next writable one (illegal request 5/21/02)",
    ],
    [{ key: 5, asc: 0x30, ascq: 0x10 }, "the medium is not formatted (illegal request 5/30/10)"],
    [{ key: 2, asc: 0x3a, ascq: 1 }, "there is no medium; the tray is closed (not ready 2/3A/01)"],
    [{ key: 0xb, asc: 0x99, ascq: 0x77 }, "command aborted (B/99/77)"],
  ])("%o", (sense, words) => {
    expect(describeSense(sense)).toBe(words);
  });
});

describe("errors of failed commands", () => {
  const command = { purpose: "prepare", task: "format the disc", subject: "test:drive" } as const;

  it("say who could not do what and why, and keep the sense", () => {
    const error = senseError({ key: 5, asc: 0x30, ascq: 6 }, command);
    expect(error.message).toBe(
      "The recorder could not format the disc: the drive cannot format or blank this medium as it is (illegal request 5/30/06).",
    );
    expect(error).toMatchObject({ code: "NOT_WRITABLE", subject: "test:drive", sense: { key: 5, asc: 0x30, ascq: 6 } });
  });

  it("have an advice for every sense and every purpose", () => {
    const sense = fc.record({ key: fc.nat(15), asc: fc.nat(255), ascq: fc.nat(255) });
    const purpose = fc.constantFrom(
      "inspect",
      "read",
      "write",
      "flush",
      "prepare",
      "reserve",
      "close",
      "reload" as const,
    );
    fc.assert(
      fc.property(sense, purpose, (value, for_) => {
        const error = senseError(value, { ...command, purpose: for_ });
        expect(error.advice).not.toBe("");
        expect(error.sense).toEqual(value);
        if (for_ === "read")
          expect(["READ_FAILED", "COMMAND_FAILED", "NO_MEDIUM", "WRITE_PROTECTED"]).toContain(error.code);
      }),
    );
  });
});
