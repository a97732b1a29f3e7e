import { describe, expect, it } from "vitest";
import { unsafeName } from "../src/extract/unsafe-name.ts";

describe("a name from a disc as the name of a file", () => {
  it.each(["..", ".", "", "../up", "/etc/passwd", "a/b", "a\0b"])("never takes %j", (name) => {
    expect(unsafeName(name, "linux")).toBeDefined();
    expect(unsafeName(name, "win32")).toBeDefined();
  });

  it.each(["C:\\x", "a\\b", "file.txt:stream", "CON", "nul.txt", "ends.", "what?"])(
    "does not take %j on Windows",
    (name) => {
      expect(unsafeName(name, "linux")).toBeUndefined();
      expect(unsafeName(name, "win32")).toBeDefined();
    },
  );

  it.each([".hidden", "a..b", "-rf", "ünïcode", "console"])("takes %j, which only looks odd", (name) => {
    expect(unsafeName(name, "linux")).toBeUndefined();
    expect(unsafeName(name, "win32")).toBeUndefined();
  });
});
