import type { Clock } from "../src/index.ts";
import {
  buildSense,
  describeCommand,
  opcodes,
  type ScsiCommand,
  type ScsiResult,
  type ScsiTransport,
} from "../src/index.ts";

/** Bytes from hexadecimal digits; spaces do not count. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/[0-9a-fA-F]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** A `check-condition` with the sense data `5/21/02` and the like. */
export function fails(code: string, at?: number): ScsiResult {
  const [key = 0, asc = 0, ascq = 0] = code.split("/").map((part) => Number.parseInt(part, 16));
  return { status: "check-condition", sense: buildSense({ key, asc, ascq, ...(at !== undefined && { at }) }) };
}

/** An answer to one command. */
export type Answer = ScsiResult | Uint8Array | ((command: ScsiCommand) => ScsiResult | Uint8Array | Error);

/** A clock that stands still but for the pauses, which take no time. */
export class TestClock implements Clock {
  time = 0;
  readonly pauses: number[] = [];
  now(): number {
    return this.time;
  }
  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.time += milliseconds;
    this.pauses.push(milliseconds);
  }
}

/**
 * A drive that answers as the test says. It knows no medium: what it is asked and has no answer for is GOOD without data,
 * or `5/20/00` for a command that asks for data.
 */
export class ScriptedDrive implements ScsiTransport {
  readonly name = "scripted drive";
  readonly maxTransferBytes: number;
  readonly commands: ScsiCommand[] = [];
  isClosed = false;
  readonly #standing = new Map<number, Answer>();
  readonly #next = new Map<number, Answer[]>();

  constructor(maxTransferBytes = 65_536) {
    this.maxTransferBytes = maxTransferBytes;
    this.always("inquiry", hex("05 80 05 32 1F 000000 484C2D44542D5354 42442D52452020574831364E53343020 312E3030"));
  }

  /** Answers every such command so. */
  always(name: keyof typeof opcodes, answer: Answer): this {
    this.#standing.set(opcodes[name].opcode, answer);
    return this;
  }

  /** Answers the next such commands so, one each. */
  next(name: keyof typeof opcodes, ...answers: Answer[]): this {
    const { opcode } = opcodes[name];
    this.#next.set(opcode, [...(this.#next.get(opcode) ?? []), ...answers]);
    return this;
  }

  async execute(command: ScsiCommand): Promise<ScsiResult> {
    this.commands.push(command);
    const opcode = command.cdb[0] ?? 0;
    const answer = this.#next.get(opcode)?.shift() ?? this.#standing.get(opcode);
    const value = typeof answer === "function" ? answer(command) : answer;
    if (value instanceof Error) throw value;
    if (value instanceof Uint8Array) return { status: "good", dataIn: value.subarray(0, command.dataInLength ?? 0) };
    if (value) return value;
    if (opcode === opcodes.requestSense.opcode)
      return { status: "good", dataIn: buildSense({ key: 0, asc: 0, ascq: 0 }) };
    return command.dataInLength ? fails("5/20/00") : { status: "good" };
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  /** The commands so far in words, without those of inspections, and forgets them. */
  takeLog(): string[] {
    const looks = new Set<number>(
      (
        [
          "testUnitReady",
          "requestSense",
          "inquiry",
          "getConfiguration",
          "readDiscInformation",
          "readTrackInformation",
          "readCapacity",
          "readFormatCapacities",
          "readDiscStructure",
          "readToc",
        ] as const
      ).map((name) => opcodes[name].opcode),
    );
    const log = this.commands.filter(({ cdb }) => !looks.has(cdb[0] ?? 0)).map(({ cdb }) => describeCommand(cdb));
    this.commands.length = 0;
    return log;
  }
}

/** A drive behind a long way: it takes several commands at once, each followed by the next only when it was good. */
export class LinkingDrive extends ScriptedDrive {
  /** How many commands were done of those that arrived together. */
  readonly linked: { readonly sent: number; readonly done: number }[] = [];
  /** Most that are done before it answers. */
  patience = Number.POSITIVE_INFINITY;

  async executeLinked(commands: readonly ScsiCommand[]): Promise<readonly ScsiResult[]> {
    const results: ScsiResult[] = [];
    while (results.length < Math.min(this.patience, commands.length) && results.at(-1)?.status !== "check-condition")
      results.push(await this.execute(commands[results.length] as ScsiCommand));
    this.linked.push({ sent: commands.length, done: results.length });
    return results;
  }
}
