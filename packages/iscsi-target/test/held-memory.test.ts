import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { IncomingData } from "../src/incoming-data.ts";
import { Negotiation } from "../src/negotiation.ts";
import { dataOut } from "../src/pdu.ts";
import { PduReader } from "../src/pdu-reader.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const MIB = 2 ** 20;

/** Memory that stays in use. */
function held(): number {
  // The second time finishes what the first one left to other threads.
  collectGarbage();
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function growth(work: () => unknown): number {
  const before = held();
  const kept = work();
  const after = held();
  expect(kept).toBeDefined();
  return after - before;
}

/** A command's data of 1 MiB, all of which was asked for. */
function asked(): { readonly incoming: IncomingData; readonly transferTag: number } {
  const incoming = new IncomingData(MIB, new Uint8Array(), true, {
    ...new Negotiation().parameters,
    maxBurstBytes: MIB,
  });
  return { incoming, transferTag: incoming.demand(7).transferTag };
}

describe("what an initiator makes the target hold", () => {
  it("does not grow with data PDUs that bring no data", () => {
    const { incoming, transferTag } = asked();
    const grown = growth(() => {
      for (let dataSn = 0; dataSn < 100_000; dataSn++)
        incoming.take(
          { header: dataOut.build({ transferTag, dataSn }), more: new Uint8Array(), data: new Uint8Array() },
          false,
        );
      return incoming;
    });
    expect(grown).toBeLessThan(2 * MIB);
  });

  it("is data, and not all that came with it", () => {
    const { incoming, transferTag } = asked();
    const grown = growth(() => {
      for (let dataSn = 0; dataSn < 512; dataSn++) {
        const data = new Uint8Array(65_536).subarray(0, 8);
        const header = dataOut.build({ transferTag, dataSn, offset: dataSn * 8 });
        incoming.take({ header, more: new Uint8Array(), data }, false);
      }
      return incoming;
    });
    expect(incoming.taken).toBe(4096);
    expect(grown).toBeLessThan(3 * MIB);
  });

  it("does not depend on how small the pieces are in which a PDU comes", () => {
    const reader = new PduReader({ headerDigest: false, dataDigest: false, maxDataBytes: 262_144 });
    const header = new Uint8Array(48);
    header[5] = 3;
    header[6] = 0xff;
    const grown = growth(() => {
      reader.push(header);
      for (let count = 0; count < 200_000; count++) reader.push(Uint8Array.of(1));
      return reader;
    });
    expect(reader.next()).toBeUndefined();
    expect(grown).toBeLessThan(2 * MIB);
  });
});
