import { expect, it } from "vitest";
import { deviceOf } from "../src/device-number.ts";

it.each<[string, NodeJS.Platform, number, number, number]>([
  ["the 17th SCSI partition", "linux", 0x0811, 8, 17],
  ["a minor number of 20 bits", "linux", 0x1230_0845, 8, 0x12345],
  ["/dev/null on macOS", "darwin", 0x0300_0002, 3, 2],
  ["a major number with the highest bit on macOS", "darwin", 0xff12_3456 | 0, 0xff, 0x12_3456],
  ["/dev/null on FreeBSD, whose numbers are small", "freebsd", 0x0013, 0, 0x13],
])("%s has its two parts", (_, platform, number, major, minor) => {
  expect(deviceOf(number, platform)).toEqual({ major, minor });
});
