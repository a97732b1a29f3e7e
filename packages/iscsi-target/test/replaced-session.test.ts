import { setTimeout as wait } from "node:timers/promises";
import { createVirtualRecorder } from "@multisession/driver-virtual";
import { opcodes, type ScsiTarget, write10 } from "@multisession/mmc";
import { expect, it } from "vitest";
import { IscsiTarget } from "../src/index.ts";
import { Initiator } from "./initiator.ts";

const WRITE_TIME = 50;

it("what a replaced session had queued is never done behind its successor's back", async () => {
  const recorder = createVirtualRecorder({ medium: "dvd+rw", capacity: 100_000, formatted: true });
  const written: (number | undefined)[] = [];
  const slow: ScsiTarget = {
    async execute(command) {
      if (command.cdb[0] === opcodes.write10.opcode) {
        written.push(command.dataOut?.[0]);
        await wait(WRITE_TIME);
      }
      return recorder.execute(command);
    },
  };
  const target = new IscsiTarget([slow], { limits: { logoutTime: 100 } });
  const { port } = await target.listen({ port: 0 });
  const cdb = write10.build({ lba: 0, blocks: 1 });
  const block = (value: number) => ({ out: new Uint8Array(2048).fill(value), immediate: 2048 });

  const old = await Initiator.login(port);
  old.socket.pause();
  for (let count = 0; count < 10; count++) old.begin(cdb, block(1));
  await expect.poll(() => written.length).toBeGreaterThan(0);
  const fresh = await Initiator.login(port);
  expect(await fresh.execute(cdb, block(2))).toMatchObject({ status: 0 });
  await wait(4 * WRITE_TIME);
  expect(written.length).toBeLessThan(10);
  expect(written.at(-1)).toBe(2);
  expect(recorder.peek(0, 1)[0]).toBe(2);

  // A target that ends waits for what its drives have begun.
  fresh.begin(cdb, block(3));
  await expect.poll(() => written.at(-1)).toBe(3);
  await target.close();
  expect(recorder.peek(0, 1)[0]).toBe(3);
});
