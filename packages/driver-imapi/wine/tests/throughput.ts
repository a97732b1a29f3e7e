import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BurnEvent } from "@multisession/core";
import { FileSystemImage } from "@multisession/file-system-image";
import { write10 } from "@multisession/mmc";
import * as koffi from "koffi";
import { Com } from "../../src/com/com.ts";
import { windowsRuntime } from "../../src/com/windows-runtime.ts";
import { Host } from "../../src/host/host.ts";
import { type ImapiRecorder, imapi } from "../../src/index.ts";
import { pluginsFor } from "../../test/support/burning.ts";
import type { DriveScript } from "../machine/script.ts";
import { drive, driveId, hostProgram } from "./support.ts";

/** Blocks that one measurement writes: 64 MiB. */
const BLOCKS = 32_768;
const CALLS = 2000;
const ROUNDS = Number(process.env["IMAPI_ROUNDS"] ?? 5);

/** What is burnt: 256 MiB. */
const file = join(tmpdir(), "throughput.bin");
writeFileSync(file, Buffer.alloc(256 << 20, "0123456789abcdef-throughput"));
let count = 0;

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

/** By our recorder, some blocks a call: through the process of the drive. */
async function byRecorder(transferBytes: number, blocks: number): Promise<number> {
  await drive({ disc: "throughput.disc", discards: true, traits: { transferBytes } });
  await using recorder = (await imapi({ hostProgram }).create().open("imapi:D:")) as ImapiRecorder;
  const data = new Uint8Array(blocks * 2048);
  await recorder.write(0, data);
  const writing = await seconds(async () => {
    for (let at = blocks; at < BLOCKS; at += blocks) await recorder.write(at, data);
  });
  return ((BLOCKS - blocks) * 2048) / writing / 1e6;
}

/**
 * As people burn: a file of the host in a session of a mechanism, read, hashed, placed and written. Only the writing of the
 * session's blocks is measured. A drive that discards them shows no session afterwards, so that burn is expected to fail there.
 */
async function byBurn(medium: DriveScript["medium"], discards: boolean): Promise<number> {
  await drive({ disc: `throughput-${count++}.disc`, ...(medium && { medium }), discards });
  const plugins = pluginsFor(hostProgram);
  await using recorder = await plugins.open("imapi:D:");
  await using image = await FileSystemImage.open(recorder, plugins);
  await image.add(file, { into: "/" });
  const times: { readonly at: number; readonly blocks: number }[] = [];
  const onEvent = (event: BurnEvent): void => {
    if (event.type !== "step") return;
    const { step } = event;
    times.push({ at: performance.now(), blocks: step.step === "write" && step.kind === "payload" ? step.blocks : 0 });
  };
  const burning = image.burn(await image.plan({ close: "session" }), { onEvent, verify: false });
  await burning.catch((error: unknown) => {
    if (!discards) throw error;
  });
  const begun = times.findIndex(({ blocks }) => blocks > 0);
  const [from, to] = [times[begun], times[begun + 1]];
  if (from === undefined || to === undefined) throw new Error("The session was not written");
  return (from.blocks * 2048) / (to.at - from.at) / 1000;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const told = (values: readonly number[]): string =>
  `${median(values).toFixed(0).padStart(4)} MB/s (${Math.min(...values).toFixed(0)}-${Math.max(...values).toFixed(0)})`;

const sizes = [65_536, 131_072];
const found = new Map(
  sizes.map((size) => [
    size,
    { host: [] as number[], single: [] as number[], linked: [] as number[], call: [] as number[] },
  ]),
);
const burns = [
  { name: "sequential, BD-R", medium: "bd-r", discards: true, found: [] as number[] },
  { name: "random-write, BD-RE", medium: "bd-re", discards: true, found: [] as number[] },
  { name: "bdr-pow, BD-R", medium: "bd-r-pow", discards: true, found: [] as number[] },
  {
    name: "sequential, BD-R, and the virtual recorder stores it",
    medium: "bd-r",
    discards: false,
    found: [] as number[],
  },
] as const;
for (let round = 0; round < ROUNDS; round++) {
  for (const [size, results] of found) {
    const { megabytes, microseconds } = await byCommands(size);
    results.host.push(megabytes);
    results.call.push(microseconds);
    results.single.push(await byRecorder(size, 32));
    results.linked.push(await byRecorder(size, 512));
  }
  for (const burn of burns) burn.found.push(await byBurn(burn.medium, burn.discards));
}
for (const [size, { host, single, linked, call }] of found) {
  console.log(`an adapter that takes ${size / 1024} KiB a command`);
  console.log(`  in one process                           ${told(host)}`);
  console.log(`  from another process, 64 KiB a message   ${told(single)}`);
  console.log(`  from another process, commands linked    ${told(linked)}`);
  console.log(`  a command without data                   ${median(call).toFixed(0).padStart(4)} us`);
}
console.log("burning a file, 64 KiB a command");
for (const { name, found: values } of burns) console.log(`  ${name}: ${told(values)}`);
