import { expect, it } from "vitest";
import { FileStates } from "../src/file-states.ts";

it("keeps names and states of files, also numbers that a double cannot hold", () => {
  const files = new FileStates();
  const states = [
    { bytes: 1, modified: 1_700_000_000_000.123, device: 2049, inode: 12, isLinked: false },
    { bytes: 2, modified: -1.5, device: 0, inode: 0, isLinked: true },
    { bytes: 3, modified: 5, device: 2049, inode: 2n ** 60n + 1n, isLinked: false },
  ];
  const numbers = states.map((state, index) => files.add(`file ${index}`, state));
  for (const [index, file] of numbers.entries()) {
    const { bytes: _, ...state } = states[index] as (typeof states)[number];
    expect(files.nameOf(file)).toBe(`file ${index}`);
    expect({
      modified: files.modifiedOf(file),
      device: files.deviceOf(file),
      inode: files.inodeOf(file),
      isLinked: files.isLinked(file),
    }).toEqual(state);
  }
});
