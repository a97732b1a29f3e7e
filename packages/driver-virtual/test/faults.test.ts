import { describe, expect, it } from "vitest";
import { createVirtualRecorder, type Fault } from "../src/index.ts";
import { blocksOf, Initiator, marks, marksOf } from "./support/initiator.ts";

function host(...faults: readonly Fault[]): Initiator {
  const recorder = createVirtualRecorder({ medium: "dvd+rw", capacity: 1024, formatted: true, faults });
  return new Initiator(recorder);
}

describe("faults", () => {
  it("a block that cannot be read", () => {
    const initiator = host({ fault: "bad-block", on: "read", at: 20 });
    expect(initiator.write(0, blocksOf(32, 1))).toBe("good");
    expect(initiator.read(0, 32)).toBe("3/11/05@20");
    expect(marksOf(initiator.read(0, 20))).toEqual(marks(20, 1));
  });

  it("a block that cannot be written, which stops the whole command", () => {
    const initiator = host({ fault: "bad-block", on: "write", at: 20 });
    expect(initiator.write(0, blocksOf(32, 1))).toBe("3/0c/00@20");
    expect(marksOf(initiator.read(0, 32))).toEqual(Array(32).fill("-"));
  });

  it("a drive that says GOOD and writes nothing", () => {
    const initiator = host();
    initiator.write(0, blocksOf(32, 1));
    initiator.recorder.arm([{ fault: "lying" }]);
    expect(initiator.write(0, blocksOf(32, 2))).toBe("good");
    expect(marksOf(initiator.read(0, 32))).toEqual(marks(32, 1));
    const sequential = new Initiator(
      createVirtualRecorder({ medium: "bd-r", capacity: 1024, faults: [{ fault: "lying" }] }),
    );
    expect(sequential.write(0, blocksOf(32, 1))).toBe("good");
    expect(sequential.track(1).nextWritable).toBe(32);
    expect(marksOf(sequential.read(0, 32))).toEqual(Array(32).fill("-"));
  });

  it("a busy drive that takes the same command later", () => {
    const initiator = host({ fault: "sense", opcode: 0x2a, after: 1, times: 2, sense: { key: 2, asc: 4, ascq: 8 } });
    const data = blocksOf(16, 1);
    expect([1, 2, 3, 4].map(() => initiator.write(0, data))).toEqual(["good", "2/04/08", "2/04/08", "good"]);
  });

  it("a sense for one block only", () => {
    const initiator = host({ fault: "sense", opcode: 0x28, at: 5, sense: { key: 4, asc: 9, ascq: 1, at: 5 } });
    expect(typeof initiator.read(0, 5)).toBe("object");
    expect(initiator.read(0, 6)).toBe("4/09/01@5");
  });
});

describe("the log", () => {
  it("tells commands and what became of them in words", () => {
    const initiator = host();
    initiator.recorder.clearLog();
    initiator.write(16, blocksOf(16, 1));
    initiator.write(5000, blocksOf(1, 1));
    const [first, second] = initiator.recorder.logText().split("\n");
    expect(first).toMatch(/WRITE\(10\).*16.*good/);
    expect(second).toMatch(/WRITE\(10\).*5000.*5\/21\/00/);
    expect(initiator.recorder.log.map(({ outcome }) => outcome)).toEqual([
      "good",
      { key: 5, asc: 0x21, ascq: 0, at: 5000 },
    ]);
  });
});
