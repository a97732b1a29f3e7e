import { describe, expect, it } from "vitest";
import { printable, shellWord } from "../src/printable.ts";

describe("a name from a disc on a terminal", () => {
  it("shows ordinary names of any script as they are", () => {
    expect(printable("Fotos Österreich 写真 🎉.jpg")).toBe("Fotos Österreich 写真 🎉.jpg");
  });

  it.each([
    ["\u001b[2J", "\\x1b[2J"],
    ["one\ntwo", "one\\x0atwo"],
    ["a\u202egpj.exe", "a\\u{202e}gpj.exe"],
    ["\u009b31m", "\\x9b31m"],
    ["\ud800", "\\u{d800}"],
  ])("shows %j as an escape", (name, shown) => {
    expect(printable(name)).toBe(shown);
  });

  it("quotes an argument that a shell would take apart", () => {
    expect(shellWord("my disc $1.disc")).toBe('"my disc \\$1.disc"');
    expect(shellWord("my.disc")).toBe("my.disc");
  });
});
