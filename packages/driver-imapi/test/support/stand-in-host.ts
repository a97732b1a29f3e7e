import { readFileSync, writeFileSync } from "node:fs";
import { openDisc, type VirtualRecorder } from "@multisession/driver-virtual";
import * as koffi from "koffi";
import { serveHost } from "../../src/host/serve-host.ts";
import { SCENARIO, type Scenario, type StandInDevice, type StandInRecord } from "./scenario.ts";
import { StandInImapi } from "./stand-in-imapi.ts";

// What tests fork in place of src/host/main.ts: the same host, with a stand-in for Windows.
const { devices, arriving = [], record } = JSON.parse(readFileSync(process.env[SCENARIO] ?? "", "utf8")) as Scenario;
const imapi = new StandInImapi();
const open: VirtualRecorder[] = [];

for (const device of devices) imapi.plug(device, await insert(device));

imapi.onAdvise = (listeners) => {
  setTimeout(() => {
    for (const device of arriving) {
      imapi.plug(device, undefined);
      listeners.invoke(0x100, null, device.id);
      imapi.unplug(device.id);
      setTimeout(() => listeners.invoke(0x101, null, device.id), 100);
    }
  }, 20);
};

serveHost(koffi, imapi.runtime);

process.on("exit", () => {
  for (const recorder of open) recorder.close();
  const { runtime, server, calls, faults } = imapi;
  const seen: StandInRecord = { calls: [...calls, ...faults], ledger: runtime.ledger, live: server.liveFaces };
  if (record !== undefined) writeFileSync(record, JSON.stringify(seen));
});

/** A disc that another host has in its drive is not in this one. */
async function insert({ disc }: StandInDevice): Promise<VirtualRecorder | undefined> {
  if (disc === undefined) return undefined;
  try {
    const recorder = await openDisc(disc);
    open.push(recorder);
    return recorder;
  } catch {
    return undefined;
  }
}
