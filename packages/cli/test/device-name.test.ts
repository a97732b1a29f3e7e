import { sep } from "node:path";
import { describe, expect, it } from "vitest";
import { deviceName } from "../src/device-name.ts";

describe("DEVICE", () => {
  it.each(["virtual:my.disc", "sg:/dev/sr0", "iscsi-x:1"])("%s is a URI and stays as it is", (device) => {
    expect(deviceName(device, "/home/me")).toBe(device);
  });

  it("D: is a drive letter and stays as it is", () => {
    expect(deviceName("D:", "/home/me")).toBe("D:");
  });

  it("a scheme of one letter is a Windows path", () => {
    expect(deviceName("D:\\my.disc", "/home/me").endsWith(`D:\\my.disc`)).toBe(true);
  });

  it("anything else is a path, from the current folder on", () => {
    expect(deviceName("my.disc", "/home/me").split(sep).at(-1)).toBe("my.disc");
    expect(deviceName("/dev/sr0", "/home/me").endsWith(`${sep}dev${sep}sr0`)).toBe(true);
  });
});
