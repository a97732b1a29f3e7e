import { describe, expect, it } from "vitest";
import { ContinuationAreas } from "../src/continuation-areas.ts";
import { readRecord } from "../src/directory-record.ts";
import { Findings } from "../src/findings.ts";
import { decodeEnhancedName, decodePlainName } from "../src/recorded-names.ts";
import { RockRidgeReader } from "../src/rock-ridge-reader.ts";
import { MemoryDisc } from "./memory-disc.ts";

describe("a name of the primary hierarchy", () => {
  it.each([
    ["README.TXT;1", "README.TXT"],
    ["FOLDER", "FOLDER"],
    ["NAME.;1", "NAME"],
    ["...", "..."],
    ["..;1", ".."],
    [".", "."],
  ])("%s is read as %s", (name, expected) => {
    expect(decodePlainName(Buffer.from(name, "latin1"))).toBe(expected);
  });
});

describe("a name of the enhanced hierarchy", () => {
  it.each([
    ["UTF-8", Buffer.from("漢字"), "漢字"],
    ["Latin-1", Buffer.from("café", "latin1"), "café"],
    [
      "a name that was cut inside a character",
      Buffer.from(`${"漢".repeat(68)}é🙂`).subarray(0, 207),
      `${"漢".repeat(68)}é`,
    ],
    ["a long one of Latin-1", Buffer.from("é".repeat(207), "latin1"), "é".repeat(207)],
  ])("is read, if it is %s", (_, bytes, expected) => {
    expect(decodeEnhancedName(bytes)).toBe(expected);
  });
});

it("an entry of Rock Ridge without a name leaves the identifier", async () => {
  const bytes = Buffer.alloc(2048);
  const entries = Buffer.concat([Buffer.from("NM\x05\x01\x00", "latin1"), Buffer.alloc(1)]);
  bytes[0] = 34 + entries.length;
  bytes[32] = 1;
  bytes[33] = 0x41;
  bytes.set(entries, 34);
  const record = readRecord(bytes, 0);
  if (record === undefined) throw new Error("The record makes no sense");
  const findings = new Findings();
  const reader = new RockRidgeReader(new ContinuationAreas(new MemoryDisc()), findings, 0);
  expect(await reader.read({ ...record, block: 0 })).toEqual({ isRelocated: false });
  expect(findings.list).toEqual([]);
});
