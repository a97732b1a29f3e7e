import * as koffi from "koffi";
import { expect, it } from "vitest";
import { Com } from "../src/com/com.ts";
import { ComServer } from "../src/com/com-server.ts";
import { DeviceWatch } from "../src/host/device-watch.ts";
import type { HostEvent } from "../src/host/protocol.ts";
import { StandInImapi } from "./support/stand-in-imapi.ts";
import type { Listeners } from "./support/stand-in-master.ts";

const [ADDED, REMOVED] = [0x100, 0x101];

it("Drives that come and go are told of in Windows' order, also one that leaves while it is asked who it is", async () => {
  const imapi = new StandInImapi();
  let listeners: Listeners | undefined;
  imapi.onAdvise = (those) => {
    listeners = those;
  };
  const com = new Com(koffi, imapi.runtime);
  const told: Extract<HostEvent, { type: "device" }>[] = [];
  const watch = new DeviceWatch(com, new ComServer(com, (fault) => imapi.faults.push(String(fault))), (event) => {
    if (event.type === "device") told.push(event);
  });
  for (const id of ["one", "two"]) imapi.plug({ id, paths: [`${id}:\\`] }, undefined);
  listeners?.invoke(ADDED, null, "one");
  listeners?.invoke(REMOVED, null, "one");
  listeners?.invoke(ADDED, null, "gone");
  listeners?.invoke(ADDED, null, "two");
  await expect.poll(() => told.length).toBe(4);
  expect(told.map(({ change, id, facts }) => [change, id, facts?.paths])).toEqual([
    ["added", "one", ["one:\\"]],
    ["removed", "one", undefined],
    ["added", "gone", undefined],
    ["added", "two", ["two:\\"]],
  ]);
  watch.end();
  expect([listeners?.count, imapi.faults]).toEqual([0, []]);
});
