import { describe, expect, it } from "vitest";
import { kindOf, modeOf, shellWords } from "../src/listing.ts";

describe("a long listing", () => {
  it.each([
    ["rwxr-xr-x", 0o755],
    ["rw-------", 0o600],
    ["---------", 0],
    ["rwsr-xr-x", 0o4755],
    ["rwSr--r--", 0o4644],
    ["rwxr-sr-x", 0o2755],
    ["rwxrwxrwt", 0o1777],
    ["rwxrwx--T", 0o1770],
  ])("%s is read as the mode it stands for", (letters, mode) => {
    expect(modeOf(letters)).toBe(mode);
  });

  it("holds no devices", () => {
    expect(() => kindOf("b")).toThrow('type "b"');
  });

  it.each([
    ["'/a b'", ["/a b"]],
    [`'/it'"'"'s'`, ["/it's"]],
    ["'/link' -> '../target'", ["/link", "->", "../target"]],
    [`'/say "no"'`, ['/say "no"']],
    ["'/a -> b'", ["/a -> b"]],
  ])("%s is read as a shell reads it", (text, words) => {
    expect(shellWords(text)).toEqual(words);
  });
});
