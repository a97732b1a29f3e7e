import type { RecordedEntry } from "@multisession/core";
import { expect, it } from "vitest";
import { modeText } from "../src/mode-text.ts";

const attributes = { mode: 0o4754, uid: 0, gid: 0, modified: 0 };
const named = { name: "x", attributes };

it.each<[string, RecordedEntry]>([
  ["-rwsr-xr--", { ...named, kind: "file", bytes: 0, extents: [] }],
  ["drwsr-xr--", { ...named, kind: "directory", at: 0 }],
  ["lrwsr-xr--", { ...named, kind: "symlink", target: "y" }],
  ["crwsr-xr--", { ...named, kind: "special", type: "character-device", device: { major: 1, minor: 3 } }],
  ["brwsr-xr--", { ...named, kind: "special", type: "block-device", device: { major: 8, minor: 17 } }],
  ["prwsr-xr--", { ...named, kind: "special", type: "fifo" }],
  ["srwsr-xr--", { ...named, kind: "special", type: "socket" }],
])("%s is shown as `ls -l` shows it", (text, entry) => {
  expect(modeText(entry)).toBe(text);
});

it("an item that readers are asked not to show has an h behind its mode", () => {
  expect(modeText({ name: "x", attributes: { ...attributes, hidden: true }, kind: "directory", at: 0 })).toBe(
    "drwsr-xr--h",
  );
});
