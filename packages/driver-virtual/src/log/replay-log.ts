import { MultisessionError } from "@multisession/core";
import { driveOf, stateOf } from "../disc-file/state-document.ts";
import { VirtualRecorder } from "../recorder/virtual-recorder.ts";
import { MemoryStore } from "../storage/memory-store.ts";
import { SimulatedClock } from "../timing/simulated-clock.ts";
import type { LogCommand, LogHead, LogLine } from "./log-line.ts";
import { bytesOf } from "./parse-log.ts";
import { recordLog } from "./record-log.ts";

/** Where a replay went another way than its log. */
export interface ReplayDifference {
  /** Line of the log, counted from 1. */
  readonly line: number;
  /** What the log says. */
  readonly logged: LogLine;
  /** In words, for people. */
  readonly what: string;
}

/** What a replay found. */
export interface Replay {
  /** The recorder afterwards. */
  readonly recorder: VirtualRecorder;
  /** Commands that were sent. */
  readonly commands: number;
  /** The first difference; nothing behind it was replayed. */
  readonly difference?: ReplayDifference;
}

/** Differences that are told in one member. */
const compared = ["at", "outcome", "sense", "in"] as const satisfies readonly (keyof LogCommand)[];

/**
 * Does all that a log tells to a fresh recorder with the same disc, drive, seed and faults, and compares every answer. The
 * blocks that the disc held before are not in the log: they are zeros. `write` takes the log of the replay.
 *
 * @throws `TypeError` when the lines do not begin with a recorder.
 */
export function replayLog(lines: readonly LogLine[], write: (line: LogLine) => void = () => {}): Replay {
  const [head, ...rest] = lines;
  if (head?.is !== "recorder") throw new TypeError("A log begins with a recorder");
  const clock = head.hasClock ? new SimulatedClock(head.at) : undefined;
  const recorder = recorderOf(head, clock);
  const answers: LogLine[] = [];
  const keepsContents = rest.some((line) => line.is === "command" && line.out?.deflated !== undefined);
  recordLog(
    recorder,
    (line) => {
      answers.push(line);
      write(line);
    },
    { contents: keepsContents },
  );
  let commands = 0;
  for (const [index, logged] of rest.entries()) {
    clock?.advance(Math.max(0, logged.at - clock.now()));
    answers.length = 0;
    const problem = repeat(recorder, logged);
    const what = problem ?? differenceOf(logged, answers[0]);
    if (what !== undefined) return { recorder, commands, difference: { line: index + 2, logged, what } };
    if (logged.is === "command") commands += 1;
  }
  return { recorder, commands };
}

function recorderOf(head: LogHead, clock: SimulatedClock | undefined): VirtualRecorder {
  const drive = driveOf(head.disc);
  const { seed, faults } = head;
  const recorder = new VirtualRecorder(new MemoryStore(stateOf(head.disc), drive), clock && { clock });
  if (head.wasOff) {
    recorder.powerCut();
    recorder.powerOn();
  }
  recorder.arm(faults, seed);
  return recorder;
}

/** Does again what a line tells; says why when it cannot be. */
function repeat(recorder: VirtualRecorder, line: LogLine): string | undefined {
  switch (line.is) {
    case "command":
      return send(recorder, line);
    case "flush":
      recorder.flush();
      return undefined;
    case "power-cut":
      recorder.powerCut();
      return undefined;
    case "power-on":
      recorder.powerOn();
      return undefined;
    case "removal":
      recorder.removeDisc();
      return undefined;
    case "arm":
      recorder.arm(line.faults, line.seed);
      return undefined;
    case "restore":
      return "the recorder went back to a snapshot, which a log does not hold";
    case "recorder":
      return "another recorder begins here";
  }
}

function send(recorder: VirtualRecorder, { cdb, out, most }: LogCommand): string | undefined {
  const dataOut = out && bytesOf(out);
  if (out !== undefined && dataOut === undefined) return "the log does not hold the data that was sent";
  try {
    recorder.run({
      cdb: Buffer.from(cdb, "hex"),
      ...(dataOut && { dataOut }),
      ...(most !== undefined && { dataInLength: most }),
    });
  } catch (error) {
    // No power is an answer too, and is compared.
    if (!MultisessionError.is(error)) return `the recorder failed: ${error instanceof Error ? error.message : error}`;
  }
  return undefined;
}

function differenceOf(logged: LogLine, answer: LogLine | undefined): string | undefined {
  if (logged.is !== "command") return undefined;
  if (answer?.is !== "command") return "the recorder gave no answer";
  const member = compared.find((name) => shown(logged, name) !== shown(answer, name));
  if (member === undefined) return undefined;
  return `${member} was ${shown(logged, member)} and is ${shown(answer, member)}`;
}

/** A member as far as it is compared: data by its length and checksum. */
function shown(line: LogCommand, member: (typeof compared)[number]): string {
  const value = line[member];
  if (typeof value === "object") return `${value.bytes} bytes with the CRC ${value.crc}`;
  return value === undefined ? "nothing" : String(value);
}
