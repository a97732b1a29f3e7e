import { describe, expect, it } from "vitest";
import { CommandWindow } from "../src/command-window.ts";
import type { ReceivedPdu } from "../src/pdu-reader.ts";

const pdu = (): ReceivedPdu => ({
  header: new Uint8Array(48),
  more: new Uint8Array(),
  data: new Uint8Array(),
  isDamaged: false,
});

describe.each([
  ["from 1 on", 1],
  ["across the end of the numbers", 0xffff_ffff],
])("the order of commands, %s,", (_, first) => {
  const at = (place: number): number => (first + place) >>> 0;

  it("is that of their numbers, whatever came early", () => {
    const window = new CommandWindow(first);
    const [zero, one, two] = [pdu(), pdu(), pdu()];
    expect(window.take(at(2), two)).toEqual([]);
    expect(window.take(at(0), zero)).toEqual([zero]);
    expect(window.take(at(1), one)).toEqual([one, two]);
    expect(window.expected).toBe(at(3));
  });

  it("passes over what is not in the window, and what came already", () => {
    const window = new CommandWindow(first);
    const early = pdu();
    expect(window.take(at(-1), pdu())).toEqual([]);
    expect(window.take(at(32), pdu())).toEqual([]);
    expect(window.take(at(1), early)).toEqual([]);
    expect(window.take(at(1), pdu())).toEqual([]);
    expect(window.take(at(0), pdu())[1]).toBe(early);
    expect(window.take(at(0), pdu())).toEqual([]);
  });

  it("goes on behind a command that was aborted before it came", () => {
    const window = new CommandWindow(first);
    const [one, maximum] = [pdu(), window.maximum];
    window.take(at(1), one);
    expect(window.skip(at(2), at(2))).toBeUndefined();
    expect(window.skip(at(-1), at(2))).toBeUndefined();
    expect(window.skip(at(0), at(2))).toEqual([one]);
    expect(window.maximum).toBe((maximum + 1) >>> 0);
  });

  it("moves on by one for each command that ends", () => {
    const window = new CommandWindow(first);
    expect(window.maximum).toBe(at(31));
    window.release();
    expect(window.maximum).toBe(at(32));
  });
});
