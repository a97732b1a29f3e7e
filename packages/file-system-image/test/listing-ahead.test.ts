import { setImmediate, setTimeout } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { HostFolder } from "../src/host-folder.ts";
import type { HostListing } from "../src/host-listing.ts";
import { HostListings } from "../src/host-listings.ts";
import type { Reader } from "../src/read-ahead/reader.ts";
import { hostFolder } from "./host-files.ts";

/** A folder with enough in it for another thread, and folders that come after it. */
async function walk(entries: number) {
  const start = new HostFolder(
    await hostFolder(Object.fromEntries(Array.from({ length: entries }, (_, index) => [`file ${index}`, ""]))),
  );
  return { start, toCome: Array.from({ length: 100 }, (_, index) => new HostFolder(`/none/${index}`)) };
}

/** Stands for the thread: counts what it is asked for, and answers when it may. */
function threadWith(entries: number, mayAnswer: Promise<void> = Promise.resolve()) {
  const thread = { asked: 0, reader: undefined as unknown as Reader };
  const names = Array.from({ length: entries }, (_, index) => `entry ${index}`);
  const listing: HostListing = { names, numbers: new Float64Array(9 * entries), faults: new Map() };
  const list = async (): Promise<HostListing> => {
    thread.asked++;
    await mayAnswer;
    return listing;
  };
  thread.reader = { list } as unknown as Reader;
  return thread;
}

describe("folders of the host that are listed ahead", () => {
  it("are no more than fit into some memory, however far the walk is behind", async () => {
    const { start, toCome } = await walk(600);
    const thread = threadWith(10_000);
    const listings = new HostListings(() => thread.reader);
    await listings.list(start);
    listings.expect(toCome);
    await setTimeout(20);
    expect(thread.asked).toBeGreaterThan(6);
    expect(thread.asked).toBeLessThan(30);
    for (const folder of toCome) expect((await listings.list(folder)).names).toHaveLength(10_000);
    expect(thread.asked).toBe(100);
  });

  it("are no more once the walk is given up", async () => {
    const { start, toCome } = await walk(600);
    let answer = (): void => undefined;
    const thread = threadWith(
      1,
      new Promise<void>((resolve) => {
        answer = resolve;
      }),
    );
    const listings = new HostListings(() => thread.reader);
    await listings.list(start);
    listings.expect(toCome);
    const { asked } = thread;
    listings.stop();
    answer();
    await setTimeout(20);
    expect(thread.asked).toBe(asked);
  });
});

it("nobody has to wait for a thread that a slow host keeps", async () => {
  const { start, toCome } = await walk(600);
  const { reader } = threadWith(1, new Promise(() => {}));
  const cancel = new AbortController();
  const listings = new HostListings(() => reader, { signal: cancel.signal });
  await listings.list(start);
  listings.expect(toCome);
  const outcome = expect(listings.list(toCome[0] as HostFolder)).rejects.toThrow("aborted");
  await setImmediate();
  cancel.abort();
  await outcome;
});

it("a large folder is listed in slices, and no further once that is not wanted any more", async () => {
  const { start } = await walk(1000);
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 10));
  const cancel = new AbortController();
  const listing = new HostListings(() => threadWith(0).reader, { signal: cancel.signal }).list(start);
  const outcome = expect(listing).rejects.toThrow("aborted");
  await setImmediate();
  cancel.abort();
  await outcome;
  clock.mockRestore();
});
