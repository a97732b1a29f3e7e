import { cancelPrice } from "./cancel-price.ts";
import type { ContentSource } from "./content-source.ts";
import { MultisessionError } from "./errors.ts";
import type { Activity, OnEvent } from "./events.ts";
import type { Extent, Phase } from "./extent.ts";
import { ExtentWriter } from "./extent-writer.ts";
import { fingerprint } from "./fingerprint.ts";
import type { History, Probe } from "./history.ts";
import type { ManifestEntry } from "./manifest.ts";
import type { Medium } from "./medium.ts";
import type { IMultisession } from "./multisession.ts";
import type { PlanStep, RefreshStep } from "./plan.ts";
import type { PlannedSession } from "./planning.ts";
import { Progress } from "./progress.ts";
import { provePlan } from "./prove-plan.ts";
import type { CallOptions, DiscRecorder } from "./recorder.ts";
import type { Blocks, Lba } from "./units.ts";

/** What a burn needs. */
export interface BurnRequest extends CallOptions {
  /** What `planSession` gave. */
  readonly planned: PlannedSession;
  /** Must hold the planned disc. */
  readonly recorder: DiscRecorder;
  /** The one that made the plan; reads the history before and after. */
  readonly mechanism: IMultisession;
  /** Of all registered file systems. */
  readonly probes: readonly Probe[];
  /** Needed when the session has new contents. */
  readonly contents?: ContentSource;
  /** Told of steps, progress and damage. */
  readonly onEvent?: OnEvent;
}

/** A source that changed while it was read, and what became of it. */
export interface DamagedContent {
  /** As a rule the file's path. */
  readonly label: string;
  /** First block of the content. */
  readonly at: Lba;
  /** What happened to it, for people. */
  readonly what: string;
}

/** What a burn did, as the medium shows it afterwards. */
export interface BurnReport {
  /** `done-with-damage`: a source changed while it was read. */
  readonly outcome: "done" | "done-with-damage";
  /** The sources that changed while they were read. */
  readonly damaged: readonly DamagedContent[];
  /** Blocks that the recorder has accepted, heads included. */
  readonly writtenBlocks: Blocks;
  /** From the first look at the disc to the last. */
  readonly milliseconds: number;
  /** The medium, read again after the burn. */
  readonly medium: Medium;
  /** What is on the disc, read again after the burn. */
  readonly history: History;
  /** Hashes of the new contents, taken while they were read. */
  readonly contents: Iterable<ManifestEntry>;
}

/**
 * Executes a plan: the same code for every mechanism. Before the first write it reads the disc again and refuses one
 * that is not the planned one, proves the plan, and checks all sources; after the last step it reads the medium once
 * more and proves that the new state is there.
 *
 * @throws `WRONG_DISC`, `OUTSIDE_SPACE`, `SOURCE_UNREADABLE`, `SOURCE_CHANGED` with nothing written; `CANCELLED`, and
 * what the recorder throws, with `oldState` saying what is known of the earlier contents; `NOT_AS_PLANNED`.
 */
export async function burn(request: BurnRequest): Promise<BurnReport> {
  const { planned, recorder, contents, signal } = request;
  const { plan, offer, shape } = planned;
  const options = signal === undefined ? {} : { signal };
  const started = performance.now();
  await checkDisc(request, options);
  const fault = provePlan(offer, shape, plan.steps);
  if (fault !== undefined)
    throw new MultisessionError("OUTSIDE_SPACE", `The plan is not safe: ${fault}. Nothing was written.`, {
      subject: recorder.uri,
    });
  await contents?.check(options);
  const run = new BurnRun(request, options);
  try {
    for (const [index, step] of plan.steps.entries()) await run.execute(step, index);
  } catch (error) {
    throw run.explain(error);
  }
  const { medium, history } = await observe(request, options);
  proveDone(request, history);
  return {
    outcome: run.damaged.length > 0 ? "done-with-damage" : "done",
    damaged: run.damaged,
    writtenBlocks: run.writtenBlocks,
    milliseconds: performance.now() - started,
    medium,
    history,
    contents: run.contents(),
  };
}

async function observe(
  { recorder, mechanism, probes }: BurnRequest,
  options: CallOptions,
): Promise<{ medium: Medium; history: History }> {
  const medium = await recorder.medium({ ...options, refresh: true });
  return { medium, history: await mechanism.history(medium, probes, options) };
}

async function checkDisc(request: BurnRequest, options: CallOptions): Promise<void> {
  const { medium, history } = await observe(request, options);
  if (fingerprint(medium, history) === request.planned.plan.medium) return;
  throw new MultisessionError(
    "WRONG_DISC",
    `The disc in ${request.recorder.uri} is not the one that was planned for, or it has changed since. Nothing was written.`,
    { subject: request.recorder.uri },
  );
}

function proveDone({ planned, recorder }: BurnRequest, history: History): void {
  const { plan, offer } = planned;
  const shown = history.current === undefined ? undefined : history.states[history.current];
  const isShown =
    offer.content !== "session" || (shown?.record?.nonce === plan.fixed.nonce && shown.record.life === plan.fixed.life);
  if (history.condition === "whole" && isShown) return;
  throw new MultisessionError(
    "NOT_AS_PLANNED",
    `All steps were done, but the disc does not show the new state: it is ${history.condition}.`,
    { subject: recorder.uri, oldState: "unknown", advice: "Run `multisession info`, then `multisession recover`." },
  );
}

/** One burn on its way through the steps. */
class BurnRun {
  readonly damaged: DamagedContent[] = [];
  writtenBlocks: Blocks = 0;
  readonly #request: BurnRequest;
  readonly #options: CallOptions;
  readonly #writer: ExtentWriter;
  readonly #progress: Progress;
  #phase: Phase | undefined;
  #payloadBlocks: Blocks = 0;
  #isCommitting = false;

  constructor(request: BurnRequest, options: CallOptions) {
    this.#request = request;
    this.#options = options;
    const total = request.planned.plan.steps.reduce(
      (sum, step) => (step.step === "write" ? sum + step.blocks : sum),
      0,
    );
    this.#progress = new Progress(total, request.onEvent);
    const events = {
      onWritten: (_: Lba, blocks: Blocks) => this.#onWritten(blocks),
      onDamage: (extent: Extent, what: string) => this.#onDamage(extent, what),
    };
    this.#writer = new ExtentWriter(request.recorder, request.contents, events, options);
  }

  async execute(step: PlanStep, index: number): Promise<void> {
    const { recorder, planned, onEvent } = this.#request;
    this.#options.signal?.throwIfAborted();
    onEvent?.({ type: "step", step, index, of: planned.plan.steps.length });
    switch (step.step) {
      case "prepare":
        this.#tell("prepare");
        return recorder.prepare(step, this.#options);
      case "reserve":
        this.#tell("prepare");
        return recorder.reserve(step.blocks, this.#options);
      case "write":
        return this.#write(step.phase);
      case "barrier":
        return step.kind === "durable" ? recorder.flush(this.#options) : undefined;
      case "close":
        return this.#close(step.what);
      case "refresh-medium":
        return this.#refresh(step);
    }
  }

  /** The error with what is known of the disc: intact until something could have been published. */
  explain(error: unknown): unknown {
    const { recorder, planned } = this.#request;
    const oldState = this.#isCommitting ? "unknown" : "intact";
    if (this.#options.signal?.aborted) {
      const price = cancelPrice(planned.offer, this.#phase?.kind, this.#payloadBlocks);
      return new MultisessionError("CANCELLED", `The burn was cancelled. ${price.message}`, {
        subject: recorder.uri,
        oldState,
        cause: error,
        ...(price.outcome === "old" ? { advice: "Burn again when you like; the disc is as it was." } : {}),
      });
    }
    if (!MultisessionError.is(error)) return error;
    const { code, message, subject, advice, retry, sense } = error;
    return new MultisessionError(code, message, {
      subject,
      advice,
      retry,
      oldState,
      cause: error,
      ...(sense === undefined ? {} : { sense }),
    });
  }

  /** Made while they are walked: there can be 100,000 of them. */
  contents(): Iterable<ManifestEntry> {
    const phases = this.#request.planned.shape?.phases ?? [];
    const writer = this.#writer;
    return {
      *[Symbol.iterator]() {
        for (const { extents } of phases)
          for (const { at, source } of extents)
            if (source.from === "content") yield { at, bytes: source.bytes, ...writer.content(source.id) };
      },
    };
  }

  async #write(index: number): Promise<void> {
    const phase = this.#request.planned.shape?.phases[index];
    if (phase === undefined) throw new TypeError(`The plan has no phase ${index}`);
    this.#phase = phase;
    this.#isCommitting ||= phase.kind === "commit" || phase.kind === "invalidate";
    this.#tell(phase.kind);
    await this.#writer.write(phase);
  }

  /** A close publishes, so everything must be on the medium before the first one. */
  async #close(what: "track" | "session" | "disc"): Promise<void> {
    this.#tell("close");
    if (!this.#isCommitting) await this.#request.recorder.flush(this.#options);
    this.#isCommitting = true;
    await this.#request.recorder.closeSpace(what, this.#options);
  }

  async #refresh(step: RefreshStep): Promise<void> {
    const { recorder } = this.#request;
    const medium = await recorder.medium({ ...this.#options, refresh: true });
    const fault = differenceFrom(step, medium);
    if (fault !== undefined)
      throw new MultisessionError("NOT_AS_PLANNED", `The disc does not show what the plan said: ${fault}.`, {
        subject: recorder.uri,
      });
  }

  #onWritten(blocks: Blocks): void {
    this.writtenBlocks += blocks;
    if (this.#phase?.kind === "payload") this.#payloadBlocks += blocks;
    this.#progress.advance(blocks, this.#phase?.kind ?? "payload", () =>
      cancelPrice(this.#request.planned.offer, this.#phase?.kind, this.#payloadBlocks),
    );
  }

  #onDamage({ label, at }: Extent, what: string): void {
    this.damaged.push({ label, at, what });
    this.#request.onEvent?.({ type: "damage", label, at, what });
  }

  #tell(activity: Activity): void {
    this.#progress.begin(activity, () =>
      cancelPrice(this.#request.planned.offer, this.#phase?.kind, this.#payloadBlocks),
    );
  }
}

function differenceFrom({ expect }: RefreshStep, medium: Medium): string | undefined {
  for (const { track, next } of expect.next) {
    const found = medium.tracks.find(({ start, size }) => track >= start && track < start + size);
    if (found === undefined) return `no track holds block ${track}`;
    const isFull = found.next === undefined && next >= found.start + found.size;
    if (found.next !== next && !isFull)
      return `the next writable address of the track that holds block ${track} is ${found.next ?? "missing"}, not ${next}`;
  }
  const closed = closedSessions(medium);
  if (expect.closedSessions !== undefined && closed !== expect.closedSessions)
    return `it has ${closed} closed sessions, not ${expect.closedSessions}`;
  if (expect.status !== undefined && medium.status !== expect.status)
    return `its status is ${medium.status}, not ${expect.status}`;
  return undefined;
}

/** Sessions of a medium that are closed: all but the last one, and the last one when the recorder says so. */
export function closedSessions(medium: Medium): number {
  const sessions = medium.tracks.at(-1)?.session ?? 0;
  return medium.lastSession === "complete" ? sessions : Math.max(0, sessions - 1);
}
