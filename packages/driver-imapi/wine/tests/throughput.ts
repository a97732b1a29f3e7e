import { write10 } from "@multisession/mmc";
import * as koffi from "koffi";
import { Com } from "../../src/com/com.ts";
import { windowsRuntime } from "../../src/com/windows-runtime.ts";
import { Host } from "../../src/host/host.ts";
import { type ImapiRecorder, imapi } from "../../src/index.ts";
import { drive, driveId, hostProgram } from "./support.ts";

/** Blocks that one measurement writes: 64 MiB. */
const BLOCKS = 32_768;
const CALLS = 2000;
const ROUNDS = Number(process.env["IMAPI_ROUNDS"] ?? 5);

const seconds = async (run: () => Promise<void>): Promise<number> => {
  const began = performance.now();
  await run();
  return (performance.now() - began) / 1000;
};

/** In this process: what COM, koffi and the stand-in take. */
async function byCommands(transferBytes: number): Promise<{ megabytes: number; microseconds: number }> {
  await drive({ disc: "throughput.disc", discards: true, traits: { transferBytes } });
  const host = new Host(
    new Com(koffi, windowsRuntime(koffi)),
    () => {},
    () => {},
  );
  await host.open(driveId);
  const blocks = transferBytes / 2048;
  const dataOut = new Uint8Array(transferBytes);
  const writing = await seconds(async () => {
    for (let lba = 0; lba < BLOCKS; lba += blocks) await host.execute({ cdb: write10.build({ lba, blocks }), dataOut });
  });
  const calling = await seconds(async () => {
    for (let call = 0; call < CALLS; call++) await host.execute({ cdb: new Uint8Array(6) });
  });
  await host.close();
  return { megabytes: (BLOCKS * 2048) / writing / 1e6, microseconds: (calling / CALLS) * 1e6 };
}

/** As an application writes: through the process of the drive, and the checks of our recorder. */
async function byRecorder(transferBytes: number): Promise<number> {
  await drive({ disc: "throughput.disc", discards: true, traits: { transferBytes } });
  await using recorder = (await imapi({ hostProgram }).create().open("imapi:D:")) as ImapiRecorder;
  const data = new Uint8Array(1 << 20);
  await recorder.write(0, data);
  const writing = await seconds(async () => {
    for (let at = 512; at < BLOCKS; at += 512) await recorder.write(at, data);
  });
  return ((BLOCKS - 512) * 2048) / writing / 1e6;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const sizes = [65_536, 131_072, 1_048_576];
const found = new Map(
  sizes.map((size) => [size, { host: [] as number[], recorder: [] as number[], call: [] as number[] }]),
);
for (let round = 0; round < ROUNDS; round++)
  for (const [size, results] of found) {
    const { megabytes, microseconds } = await byCommands(size);
    results.host.push(megabytes);
    results.call.push(microseconds);
    results.recorder.push(await byRecorder(size));
  }
for (const [size, { host, recorder, call }] of found)
  console.log(
    `${String(size / 1024).padStart(5)} KiB a command: ${median(host).toFixed(0).padStart(4)} MB/s in one process, ${median(
      recorder,
    )
      .toFixed(0)
      .padStart(4)} MB/s as an application writes; a command without data ${median(call).toFixed(0)} µs`,
  );
