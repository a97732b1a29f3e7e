import assert from "node:assert/strict";
import {
  appendTrack,
  BLOCK_BYTES,
  createPlugins,
  type DiscRecorder,
  type Driver,
  type DriverPlugin,
  type Lba,
  type Medium,
  MultisessionError,
} from "@multisession/core";
import { type Rule, type RuleGroup, type Runner, runRules } from "../runner.ts";

/** What a driver is tried with. */
export interface DriverTrial {
  /** The driver, as applications register it. */
  readonly plugin: DriverPlugin;
  /** Makes a device with a fresh disc that can be written, and names it. Called for every rule; the disc is used up. */
  readonly newDisc: () => Promise<string>;
  /** A device of the driver's own kind that does not exist. */
  readonly missing: string;
}

/** A trial and the runner that runs it. */
export interface DriverSuite extends DriverTrial, Runner {}

/** Defines the tests that every driver must pass: the contract of `Driver` and `DiscRecorder`. */
export function runDriverSuite({ describe, it, ...trial }: DriverSuite): void {
  runRules({ describe, it }, `the driver "${trial.plugin.id}"`, driverRules(trial));
}

/** The rules for a driver. */
export function driverRules(trial: DriverTrial): readonly RuleGroup[] {
  return [
    { name: "the driver", rules: pluginRules(trial) },
    { name: "its recorders", rules: [...factRules(trial), ...writingRules(trial), ...closingRules(trial)] },
  ];
}

/** A device that no driver of discs has. */
const FOREIGN = "https://example.invalid/disc";

function pluginRules({ plugin, newDisc, missing }: DriverTrial): readonly Rule[] {
  return [
    {
      id: "driver/claims",
      text: "it claims its own devices and no others, whether they exist or not",
      check: async () => {
        const driver = plugin.create();
        assert.equal(driver.id, plugin.id);
        assert.equal(await driver.claims(await newDisc()), true);
        assert.equal(await driver.claims(missing), true);
        assert.equal(await driver.claims(FOREIGN), false);
      },
    },
    {
      id: "driver/list",
      text: "what it lists can be named: each entry has a URI that it claims, and words for people",
      check: async () => {
        const driver = plugin.create();
        for (const { uri, text } of await driver.list()) {
          assert.equal(await driver.claims(uri), true, `It lists ${uri} and does not claim it`);
          assert.match(text, /\S/);
        }
      },
    },
    {
      id: "driver/missing",
      text: "a device that is not there is an error with a code that names it",
      check: async () => {
        const error = await errorOf(plugin.create().open(missing));
        assert.equal(error.code, "DEVICE_NOT_FOUND");
        assert.match(error.message, /\S/);
        assert.match(error.subject, /\S/);
      },
    },
    {
      id: "driver/uri",
      text: "a recorder's URI opens the same device again",
      check: async () => {
        const plugins = createPlugins(plugin);
        const recorder = await plugins.open(await newDisc());
        const { uri } = recorder;
        await recorder.close();
        const again = await plugins.open(uri);
        assert.equal(again.uri, uri);
        await again.close();
      },
    },
  ];
}

function factRules(trial: DriverTrial): readonly Rule[] {
  return [
    {
      id: "recorder/facts",
      text: "facts about the medium are plain data, read once, and the same until something changes them",
      check: () =>
        withRecorder(trial, async (recorder) => {
          const medium = await recorder.medium();
          assert.deepEqual(JSON.parse(JSON.stringify(medium)), medium);
          assert.equal(await recorder.medium(), medium);
          assert.deepEqual(await recorder.medium({ refresh: true }), medium);
        }),
    },
    {
      id: "recorder/tracks",
      text: "tracks lie inside the medium, one behind another, and every next address inside its track",
      check: () =>
        withRecorder(trial, async (recorder) => {
          const { tracks, capacity, unit } = await recorder.medium();
          assert.ok(unit > 0 && capacity > 0 && capacity % unit === 0, "The medium is not whole write units");
          let end = 0;
          for (const { number, start, size, next, free } of tracks) {
            assert.ok(start >= end && start + size <= capacity, `Track ${number} lies at ${start}+${size}`);
            assert.ok(
              next === undefined || (next >= start && next <= start + size),
              `Track ${number} goes on at ${next}`,
            );
            assert.ok(free >= 0 && free <= size, `Track ${number} of ${size} blocks has ${free} free`);
            end = start + size;
          }
        }),
    },
    {
      id: "recorder/outside",
      text: "a read outside the medium fails with a code, and a wrong address is the caller's mistake",
      check: () =>
        withRecorder(trial, async (recorder) => {
          const { capacity } = await recorder.medium();
          assert.equal((await errorOf(recorder.read(capacity, 1))).code, "READ_FAILED");
          await assert.rejects(recorder.read(-1, 1), TypeError);
          await assert.rejects(recorder.read(0.5, 1), TypeError);
        }),
    },
  ];
}

function writingRules(trial: DriverTrial): readonly Rule[] {
  return [
    {
      id: "recorder/write",
      text: "what was written and flushed is read back, and the next address has moved",
      check: () =>
        withRecorder(trial, async (recorder) => {
          const { at, data, before } = await writeUnit(recorder);
          assert.deepEqual(Buffer.from(await recorder.read(at, before.unit)), Buffer.from(data));
          const after = await recorder.medium({ refresh: true });
          if (before.overwrite === "in-place") return;
          // A drive may fill a short track up, or end it with blocks of its own.
          const next = appendTrack(after)?.next;
          assert.ok(next !== undefined && next >= at + before.unit, `The next address is ${next}, after ${at}`);
          assert.ok(after.generation > before.generation, "The facts changed, and their generation did not");
        }),
    },
    {
      id: "recorder/misplaced",
      text: "a write where the medium takes none fails with a code and changes nothing",
      check: () =>
        withRecorder(trial, async (recorder) => {
          const before = await ready(recorder);
          await assert.rejects(recorder.write(0, new Uint8Array(BLOCK_BYTES - 1)), TypeError);
          const outside = await errorOf(recorder.write(before.capacity, unitOf(before)));
          assert.ok(outside.code !== "RECORDER_LOST", outside.message);
          if (before.overwrite === "in-place") return;
          const track = appendTrack(before);
          assert.ok(track !== undefined, "A fresh disc names no writable address");
          const error = await errorOf(recorder.write(track.next + 2 * before.unit, unitOf(before)));
          assert.match(error.message, /\S/);
          assert.deepEqual((await recorder.medium({ refresh: true })).tracks, before.tracks);
        }),
    },
    {
      id: "recorder/reload",
      text: "a reload says what it reached, and what was written is still there",
      check: () =>
        withRecorder(trial, async (recorder) => {
          const { at, data, before } = await writeUnit(recorder);
          assert.ok(["reloaded", "cache-dropped", "same-cache"].includes(await recorder.reload()));
          assert.deepEqual(Buffer.from(await recorder.read(at, before.unit)), Buffer.from(data));
        }),
    },
    {
      id: "recorder/cancel",
      text: "an aborted signal stops every operation before it does anything",
      check: () =>
        withRecorder(trial, async (recorder) => {
          const medium = await ready(recorder);
          const { signal } = abortedController();
          const at = appendTrack(medium)?.next ?? 0;
          for (const operation of [
            () => recorder.medium({ signal, refresh: true }),
            () => recorder.read(0, 1, { signal }),
            () => recorder.write(at, unitOf(medium), { signal }),
            () => recorder.flush({ signal }),
            () => recorder.closeSpace("session", { signal }),
            () => recorder.reload({ signal }),
          ])
            assert.equal((await errorOf(operation())).code, "CANCELLED");
          assert.deepEqual((await recorder.medium({ refresh: true })).tracks, medium.tracks);
        }),
    },
  ];
}

function closingRules(trial: DriverTrial): readonly Rule[] {
  return [
    {
      id: "recorder/close",
      text: "close can be called twice, is what `await using` calls, and ends the recorder",
      check: async () => {
        const recorder = await open(trial);
        await recorder.close();
        await recorder.close();
        await recorder[Symbol.asyncDispose]();
        await assert.rejects(recorder.medium(), TypeError);
      },
    },
    {
      id: "recorder/busy",
      text: "close is refused while the recorder works",
      check: () =>
        withRecorder(trial, async (recorder) => {
          const work = recorder.medium({ refresh: true });
          const error = await errorOf(recorder.close());
          await work;
          assert.equal(error.code, "BUSY");
        }),
    },
    {
      id: "recorder/reopen",
      text: "what was written is there when the device is opened again",
      check: async () => {
        const device = await trial.newDisc();
        const driver = trial.plugin.create();
        const written = await within(await driver.open(device), writeUnit);
        await within(await driver.open(device), async (recorder) =>
          assert.deepEqual(
            Buffer.from(await recorder.read(written.at, written.before.unit)),
            Buffer.from(written.data),
          ),
        );
      },
    },
  ];
}

async function open({ plugin, newDisc }: DriverTrial): Promise<DiscRecorder> {
  const driver: Driver = plugin.create();
  return driver.open(await newDisc());
}

async function within<T>(recorder: DiscRecorder, use: (recorder: DiscRecorder) => Promise<T>): Promise<T> {
  try {
    return await use(recorder);
  } finally {
    await recorder.close();
  }
}

async function withRecorder(trial: DriverTrial, use: (recorder: DiscRecorder) => Promise<void>): Promise<void> {
  return within(await open(trial), use);
}

/** A medium that takes writes: one that needs a format gets it, unless that cannot be undone. */
async function ready(recorder: DiscRecorder): Promise<Medium> {
  const medium = await recorder.medium();
  if (medium.isFormatted) return medium;
  const format = medium.formats.find(({ isIrreversible }) => !isIrreversible);
  assert.ok(format !== undefined, "The fresh disc needs a format that cannot be undone; give another one");
  await recorder.prepare({ step: "prepare", format: format.id, isIrreversible: false, why: "it was never formatted" });
  return recorder.medium({ refresh: true });
}

const unitOf = ({ unit }: Medium): Uint8Array =>
  Uint8Array.from({ length: unit * BLOCK_BYTES }, (_, at) => (at * 31 + (at >> 11)) & 0xff);

interface WrittenUnit {
  readonly at: Lba;
  readonly data: Uint8Array;
  readonly before: Medium;
}

async function writeUnit(recorder: DiscRecorder): Promise<WrittenUnit> {
  const before = await ready(recorder);
  const at = before.overwrite === "in-place" ? 0 : appendTrack(before)?.next;
  assert.ok(at !== undefined, "A fresh disc names no writable address");
  const data = unitOf(before);
  let accepted = 0;
  const onAccepted = (blocks: number): void => {
    accepted += blocks;
  };
  await recorder.write(at, data, { onAccepted });
  assert.ok(accepted === 0 || accepted === before.unit, `It told of ${accepted} accepted blocks, not ${before.unit}`);
  await recorder.flush();
  return { at, data, before };
}

function abortedController(): AbortController {
  const controller = new AbortController();
  controller.abort(new Error("The user said stop"));
  return controller;
}

/** The coded error that a promise is rejected with. */
async function errorOf(promise: Promise<unknown>): Promise<MultisessionError> {
  const error = await promise.then(
    () => assert.fail("It does not fail"),
    (reason: unknown) => reason,
  );
  if (MultisessionError.is(error)) return error;
  throw error;
}
