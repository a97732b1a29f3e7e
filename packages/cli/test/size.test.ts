import { describe, expect, it } from "vitest";
import { bytesText, durationText, parseSize } from "../src/size.ts";

describe("a size on the command line", () => {
  it.each([
    ["25GB", 12_207_031],
    ["100MiB", 51_200],
    ["100 mib", 51_200],
    ["5000 blocks", 5000],
    ["1 block", 1],
    ["4096B", 2],
    ["1.5 MiB", 768],
  ])("%s is %i blocks", (text, blocks) => {
    expect(parseSize(text)).toBe(blocks);
  });

  it.each([
    ["5000", "no unit"],
    ["", "no size"],
    ["many", "no size"],
    ["-3 MB", "no size"],
    ["3 furlongs", "no size"],
    ["100 B", "less than one block"],
    ["9999 TB", "more than any disc"],
  ])("%s is refused: %s", (text, reason) => {
    expect(() => parseSize(text)).toThrow(reason);
  });
});

describe("numbers for people", () => {
  it.each([
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [24_999_936, "25.0 MB"],
    [999_900, "1.00 MB"],
    [25_025_314_816, "25.0 GB"],
  ])("%i bytes read as %s", (bytes, text) => {
    expect(bytesText(bytes)).toBe(text);
  });

  it.each([
    [300, "under 1 s"],
    [45_000, "45 s"],
    [200_000, "3 min 20 s"],
    [3_900_000, "1 h 5 min"],
  ])("%i ms read as %s", (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });
});
