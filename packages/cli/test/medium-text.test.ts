import type { Medium } from "@multisession/core";
import { describe, expect, it } from "vitest";
import { formatFacts, formatText, kindText, layoutText, limitFacts, mediumText } from "../src/medium-text.ts";

const blank: Medium = {
  kind: "cd-r",
  status: "blank",
  lastSession: "empty",
  isFormatted: true,
  isWriteProtected: false,
  unit: 1,
  overwrite: "no",
  sessions: "physical",
  sessionGap: 11_402,
  minimumTrack: 300,
  tracks: [],
  capacity: 359_847,
  formats: [],
  generation: 1,
};

describe("the words for a medium", () => {
  it.each(
    "cd-rom cd-r cd-rw cd-rw-packet dvd-rom dvd-r dvd-r-dl dvd-rw dvd-rw-ro dvd-ram dvd+r dvd+r-dl dvd+rw bd-rom bd-r bd-r-pow bd-r-rrm bd-re".split(
      " ",
    ),
  )("%s has a name without abbreviations that only drives use", (kind) => {
    expect(kindText(kind)).toMatch(/^(CD|DVD|BD)[-+](ROM|RAM|RW|RE|R)( (with two layers|formatted for [\w -]+))?$/);
  });

  it("a kind that is not known is named by its profile", () => {
    expect(kindText("unknown-0042")).toBe("unknown kind of disc (profile 0042h)");
  });

  it.each<[string, Partial<Medium>, string]>([
    ["written once", {}, "CD-R · written once, one session after another"],
    ["blanked", { kind: "dvd-rw" }, "DVD-RW · one session after another, until it is blanked"],
    ["in place", { kind: "dvd-ram", overwrite: "in-place", sessions: "none" }, "DVD-RAM · overwritten in place"],
    [
      "not formatted",
      { kind: "bd-re", overwrite: "in-place", isFormatted: false },
      "BD-RE · overwritten in place · not formatted yet",
    ],
    ["restricted", { kind: "dvd-rw", sessions: "none", restriction: "why" }, "DVD-RW · takes no sessions as it is"],
    ["pressed", { kind: "bd-rom", status: "complete", sessions: "none" }, "BD-ROM · pressed, cannot be recorded"],
  ])("%s", (_name, facts, text) => {
    expect(mediumText({ ...blank, ...facts })).toBe(text);
  });

  it("the gap and the shortest track are told; the gap no more when nothing can follow", () => {
    expect(layoutText(blank)).toBe(
      "written block by block · 11,402 blocks (23.4 MB) are lost behind the next session · a track has at least 300 blocks",
    );
    expect(layoutText({ ...blank, status: "complete" })).not.toContain("lost");
  });

  it("says why it must not be written, and why it takes no sessions", () => {
    expect(limitFacts(blank)).toEqual([]);
    const limited: Medium = {
      ...blank,
      isWriteProtected: true,
      protection: "by its cartridge",
      restriction: "packets",
    };
    expect(limitFacts(limited)).toEqual([
      ["Protected", "by its cartridge"],
      ["Restricted", "packets"],
    ]);
    const { protection: _, ...unknown } = limited;
    expect(limitFacts(unknown)[0]).toEqual(["Protected", "it must not be written"]);
  });

  it("tells of a format what is left, what goes to spare areas, and that it cannot be undone", () => {
    const format = { id: "bd-r-pow", blocks: 359_815, isIrreversible: true, purpose: "Blocks can be replaced." };
    expect(formatFacts({ ...blank, formats: [format] })).toEqual([
      "bd-r-pow, 737 MB, 32 blocks less for spare areas: Blocks can be replaced. It cannot be undone.",
    ]);
    expect(formatText("dvd-rw-blank")).toBe("Blank the whole DVD-RW");
    expect(formatText("another")).toBe("Format as ANOTHER");
  });
});
