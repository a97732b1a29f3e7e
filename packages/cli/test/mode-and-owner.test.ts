import { expect, it } from "vitest";
import { changedMode, isMode, ownerOf } from "../src/recording/mode-and-owner.ts";

it.each([
  [0o640, "644", 0o644, 0o644],
  [0o755, "4750", 0o4750, 0o4750],
  [0o640, "a+rX", 0o644, 0o755],
  [0o740, "a+rX", 0o755, 0o755],
  [0o777, "go-w", 0o755, 0o755],
  [0o777, "a-w", 0o555, 0o555],
  [0o600, "+x", 0o711, 0o711],
  [0o777, "u=rw,go=r", 0o644, 0o644],
  [0o4755, "g=", 0o4705, 0o4705],
  [0o600, "u+x,a+X", 0o711, 0o711],
])("%o with %s becomes %o of a file and %o of a folder, as chmod has it", (before, text, ofFile, ofFolder) => {
  expect(isMode(text)).toBe(true);
  expect(changedMode(before, text, false)).toBe(ofFile);
  expect(changedMode(before, text, true)).toBe(ofFolder);
});

it.each(["", "8", "64", "77777", "rw", "a+s", "x+r", "a+r,"])("%j is no mode", (text) => {
  expect(isMode(text)).toBe(false);
});

it.each([
  ["0:0", { uid: 0, gid: 0 }],
  ["1000", { uid: 1000 }],
  [":4294967295", { gid: 2 ** 32 - 1 }],
  ["", undefined],
  [":", undefined],
  ["root", undefined],
  ["1:", undefined],
  ["4294967296", undefined],
])("the owner %j is %j", (text, owner) => {
  expect(ownerOf(text)).toEqual(owner);
});
