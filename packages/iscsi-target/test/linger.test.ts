import { expect, it } from "vitest";
import { Linger } from "../src/linger.ts";

it("a thread stays awake for a tenth of a millisecond after the last answer, with one turn at a time, and then sleeps", () => {
  let time = 5;
  const turns: (() => void)[] = [];
  const linger = new Linger(
    () => time,
    (turn) => turns.push(turn),
  );
  const pass = (milliseconds: number): number => {
    time += milliseconds;
    for (const turn of turns.splice(0)) turn();
    return turns.length;
  };
  linger.stay();
  expect(pass(0.06)).toBe(1);
  linger.stay();
  expect(turns).toHaveLength(1);
  expect(pass(0.06)).toBe(1);
  expect(pass(0.06)).toBe(0);
  linger.stay();
  expect(pass(0.2)).toBe(0);
});
