import type { CallOptions, ExecutablePlan, PlanExecution, PlanExecutor, PlanStep } from "@multisession/core";
import type { WriteProgress } from "../host/data-writer.ts";
import type { HostProcess } from "../host-process.ts";
import { checkWritable } from "./media-status.ts";
import { planObjection } from "./plan-objection.ts";
import { runWriter } from "./run-writer.ts";
import { SpoolFile } from "./spool-file.ts";
import { writeActions } from "./write-actions.ts";
import { stagesOf, type WriteSegment, type WriteStep } from "./write-segments.ts";

/** Options of IMAPI2's own writer. */
export interface ImapiWriterOptions {
  /** How IMAPI2 checks what it wrote. `quick`: a few blocks; `full`: the whole session. Default: `none`; our own verification is better. */
  readonly verification?: "none" | "quick" | "full";
  /** Blocks in a second; one of those that the recorder lists. Default: the fastest. */
  readonly speed?: number;
  /** Folder for the session while it waits to be written; needs as much room. Default: that of the system for temporary files. */
  readonly spoolFolder?: string;
}

/** What the executor needs of the recorder. */
export interface ExecutorHome {
  readonly uri: string;
  readonly client: string;
  readonly host: HostProcess;
  /** Keeps the recorder from being closed while `work` runs. */
  hold<T>(work: () => Promise<T>): Promise<T>;
  /** Takes the drive for this program alone, and silences notices of media changes. */
  acquire(): Promise<void>;
  /** Formats the disc, by our own commands. */
  prepare(step: Extract<PlanStep, { step: "prepare" }>, options: CallOptions): Promise<void>;
}

/**
 * IMAPI2's own writer, `MsftDiscFormat2Data`, as the executor of plans: sessions on write-once media, and runs of blocks on
 * overwritable ones. What is between two barriers is rendered to a file and written by one call of `Write`.
 */
export class ImapiExecutor implements PlanExecutor {
  readonly name = "IMAPI2's own writer";
  readonly publishes = ["close", "head"] as const;
  readonly #home: ExecutorHome;
  readonly #options: ImapiWriterOptions;

  constructor(home: ExecutorHome, options: ImapiWriterOptions) {
    this.#home = home;
    this.#options = options;
  }

  objection(plan: ExecutablePlan): string | undefined {
    return planObjection(plan);
  }

  execute(execution: PlanExecution, options: CallOptions): Promise<void> {
    return this.#home.hold(() => this.#execute(execution, options));
  }

  async #execute(execution: PlanExecution, options: CallOptions): Promise<void> {
    const { host, uri } = this.#home;
    checkWritable(await host.calls.writerFacts(), uri);
    await this.#home.acquire();
    for (const stage of stagesOf(execution.steps)) {
      options.signal?.throwIfAborted();
      if (stage.kind === "segment") await this.#write(stage, execution, options);
      else await this.#step(stage.index, execution, options);
    }
  }

  /** The steps that are none of the writer's. */
  async #step(index: number, execution: PlanExecution, options: CallOptions): Promise<void> {
    const step = execution.steps[index];
    execution.begin(index);
    if (step?.step === "prepare") await this.#home.prepare(step, options);
  }

  async #write(segment: WriteSegment, execution: PlanExecution, options: CallOptions): Promise<void> {
    const spool = await SpoolFile.create(this.#options.spoolFolder);
    try {
      for (const index of segment.writes)
        await execution.render(writeStep(execution, index).phase, (at, data) => spool.add(at, data));
      await spool.finish();
      await this.#record(spool, segment, execution, options);
    } finally {
      await spool.remove();
    }
  }

  async #record(
    spool: SpoolFile,
    segment: WriteSegment,
    execution: PlanExecution,
    options: CallOptions,
  ): Promise<void> {
    const { host, client } = this.#home;
    const { verification = "none", speed } = this.#options;
    options.signal?.throwIfAborted();
    const walk = new SegmentWalk(segment, execution);
    walk.start();
    const job = {
      spool: spool.path,
      closeDisc: execution.steps.some((step) => step.step === "close" && step.what === "disc"),
      verification,
      client,
      ...(speed !== undefined && { speed }),
      ...(execution.offer.space.published.by === "head" && { runs: spool.runs }),
    };
    const { isSpeedAdjusted } = await runWriter(host, job, (progress) => walk.follow(progress), options);
    if (isSpeedAdjusted) execution.note("The drive wrote at another speed than the one that was asked for.");
    walk.finish();
  }
}

function writeStep({ steps }: PlanExecution, index: number): WriteStep {
  const step = steps[index];
  if (step?.step !== "write") throw new TypeError(`Step ${index} is no write`);
  return step;
}

/** What IMAPI2 does beside writing, for people. */
const notes: Readonly<Record<number, string>> = {
  [writeActions.formatting]: "IMAPI2 formats the disc.",
  [writeActions.calibrating]: "IMAPI2 calibrates the laser.",
  [writeActions.verifying]: "IMAPI2 verifies what it wrote.",
};

/** Tells of the steps of a segment while IMAPI2 writes it. */
class SegmentWalk {
  readonly #execution: PlanExecution;
  /** Numbers of the writes that were not begun yet. */
  readonly #left: number[];
  /** Numbers of what IMAPI2 does when it finalizes. */
  readonly #closes: number[];
  #done = 0;
  #action: number | undefined;
  /** Blocks of the writes that were begun. */
  #begun = 0;

  constructor({ writes, closes }: WriteSegment, execution: PlanExecution) {
    this.#execution = execution;
    this.#left = [...writes];
    this.#closes = [...closes];
  }

  start(): void {
    this.#beginNext();
  }

  follow({ action, doneBlocks, buffer }: WriteProgress): void {
    const note = action === this.#action ? undefined : notes[action];
    this.#action = action;
    if (note !== undefined) this.#execution.note(note);
    if (action === writeActions.writing) this.#advance(doneBlocks, buffer);
    if (action === writeActions.finalizing) this.finish();
  }

  finish(): void {
    while (this.#left.length > 0) this.#advance(this.#begun + 1);
    this.#advance(this.#begun);
    for (const index of this.#closes.splice(0)) this.#execution.begin(index);
  }

  /** Counts up to `done` blocks of the segment; begins the writes that they reach. */
  #advance(done: number, buffer?: number): void {
    while (done > this.#begun && this.#left.length > 0) {
      this.#count(this.#begun);
      this.#beginNext();
    }
    this.#count(Math.min(done, this.#begun), buffer);
  }

  #beginNext(): void {
    const index = this.#left.shift();
    if (index === undefined) return;
    this.#execution.begin(index);
    this.#begun += writeStep(this.#execution, index).blocks;
  }

  #count(done: number, buffer?: number): void {
    if (done <= this.#done) return;
    this.#execution.wrote(done - this.#done, buffer);
    this.#done = done;
  }
}
