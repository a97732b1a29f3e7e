import type { BurnRequest, DamagedContent } from "./burn.ts";
import { cancelPrice } from "./cancel-price.ts";
import { closedSessions } from "./closed-sessions.ts";
import { MultisessionError } from "./errors.ts";
import type { Activity, CancelPrice } from "./events.ts";
import { type Extent, type Phase, phaseBlocks } from "./extent.ts";
import { ExtentWriter, type WriterTarget } from "./extent-writer.ts";
import type { ManifestEntry } from "./manifest.ts";
import type { Medium } from "./medium.ts";
import type { PlanStep, RefreshStep } from "./plan.ts";
import type { PlanExecution, PlanExecutor } from "./plan-executor.ts";
import { Progress } from "./progress.ts";
import type { CallOptions, Closable } from "./recorder.ts";
import { BLOCK_BYTES, type Blocks } from "./units.ts";

/** One burn on its way through the steps. */
export class BurnRun {
  readonly damaged: DamagedContent[] = [];
  writtenBlocks: Blocks = 0;
  readonly #request: BurnRequest;
  readonly #writer: ExtentWriter;
  readonly #progress: Progress;
  readonly #payloadTotal: Blocks;
  /** Takes what the writer makes: the recorder, or the recorder's own writer. */
  #take: WriterTarget["write"];
  /** Without the signal once nothing may stop the burn. */
  #options: CallOptions;
  #phase: Phase | undefined;
  #payloadBlocks: Blocks = 0;
  #givenUpBlocks: Blocks = 0;
  #isPrepared = false;
  #isInvalidated = false;
  #isBound = false;
  /** Something was written that may not be on the medium yet. */
  #isDirty = false;

  constructor(request: BurnRequest, options: CallOptions) {
    this.#request = request;
    this.#options = options;
    const writes = request.planned.plan.steps.filter((step) => step.step === "write");
    const total = writes.reduce((sum, { blocks }) => sum + blocks, 0);
    this.#payloadTotal = writes.reduce((sum, { kind, blocks }) => (kind === "payload" ? sum + blocks : sum), 0);
    this.#progress = new Progress(total, request.onEvent);
    this.#take = async (at, data, callOptions) => {
      let left = data.length / BLOCK_BYTES;
      const onAccepted = (blocks: Blocks): void => {
        left -= blocks;
        this.#onWritten(blocks);
      };
      await request.recorder.write(at, data, { ...callOptions, onAccepted });
      if (left > 0) this.#onWritten(left);
    };
    this.#writer = new ExtentWriter(
      {
        read: (at, blocks, callOptions) => request.recorder.read(at, blocks, callOptions),
        write: (at, data, callOptions) => this.#take(at, data, callOptions),
      },
      request.contents,
      {
        onDamage: (extent: Extent, what: string) => this.#onDamage(extent, what),
        md5: request.planned.shape?.md5 === true,
      },
    );
  }

  async execute(step: PlanStep, index: number): Promise<void> {
    const { recorder, planned, onEvent } = this.#request;
    this.#options.signal?.throwIfAborted();
    onEvent?.({ type: "step", step, index, of: planned.plan.steps.length });
    switch (step.step) {
      case "prepare":
        return this.#prepare(() => recorder.prepare(step, this.#options));
      case "reserve":
        return this.#prepare(() => recorder.reserve(step.blocks, this.#options));
      case "repair":
        // Short, and nothing that could be stopped half way.
        this.#bind();
        return this.#prepare(() => recorder.repair(step.track, this.#options));
      case "write":
        return this.#write(step.phase);
      case "barrier":
        return step.kind === "durable" ? this.#flush() : undefined;
      case "close":
        return this.#close(step.what);
      case "refresh-medium":
        return this.#refresh(step);
    }
  }

  /** Has the recorder's own writer carry out all steps, and proves what the last one expects. */
  async delegate(executor: PlanExecutor, medium: Medium): Promise<void> {
    const { planned, recorder } = this.#request;
    const { steps } = planned.plan;
    const { signal } = this.#options;
    const stop = new AbortController();
    const onAbort = (): void => (this.#isBound ? undefined : stop.abort(signal?.reason));
    signal?.throwIfAborted();
    signal?.addEventListener("abort", onAbort);
    try {
      await executor.execute(this.#execution(medium), { signal: stop.signal });
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
    this.#options = {};
    await recorder.medium({ refresh: true });
    const last = steps.at(-1);
    if (last?.step === "refresh-medium") await this.#refresh(last);
  }

  /** The error with what is known of the disc: intact until something could have been published or given up. */
  explain(error: unknown): unknown {
    const { recorder } = this.#request;
    const oldState = this.#isBound || this.#phase?.kind === "invalidate" || this.#isInvalidated ? "unknown" : "intact";
    if (this.#options.signal?.aborted) {
      const price = this.#cancelPrice();
      const isUntouched = price.outcome === "old" && price.lostBlocks === 0 && !this.#isPrepared;
      return new MultisessionError("CANCELLED", `The burn was cancelled. ${price.message}`, {
        subject: recorder.uri,
        oldState,
        cause: error,
        ...(price.outcome === "interrupted" ? {} : { advice: "Burn again when you like." }),
        ...(isUntouched ? { advice: "Burn again when you like; the disc is as it was." } : {}),
      });
    }
    if (!MultisessionError.is(error)) return error;
    const { code, message, subject, advice, retry, imapi, sense } = error;
    return new MultisessionError(code, message, {
      subject,
      advice,
      retry,
      oldState,
      cause: error,
      ...(imapi && { imapi }),
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

  #execution(medium: Medium): PlanExecution {
    const { planned, onEvent } = this.#request;
    const { offer, shape } = planned;
    const { steps } = planned.plan;
    const phases = shape?.phases ?? [];
    const preparing = new Progress(
      phases.reduce((sum, phase) => sum + phaseBlocks(phase), 0),
      onEvent,
    );
    return {
      medium,
      offer,
      steps,
      phases,
      render: async (index, take) => {
        this.#take = async (at, data) => {
          await take(at, data);
          preparing.advance(data.length / BLOCK_BYTES, "prepare", () => this.#cancelPrice());
        };
        await this.#writer.write(phaseOf(phases, index), this.#options);
      },
      begin: (index) => {
        const step = steps[index];
        if (step === undefined) throw new TypeError(`The plan has no step ${index}`);
        onEvent?.({ type: "step", step, index, of: steps.length });
        if (step.step === "write") this.#beginPhase(phaseOf(phases, step.phase));
        else if (step.step === "close") this.#beginClose();
        else if (step.step === "prepare") this.#beginPreparation();
      },
      wrote: (blocks, buffer) => this.#onWritten(blocks, buffer),
      note: (message) => onEvent?.({ type: "note", message }),
    };
  }

  #beginPreparation(): void {
    this.#tell("prepare");
    this.#isPrepared = true;
  }

  #beginPhase(phase: Phase): void {
    this.#phase = phase;
    if (phase.kind === "commit") this.#bind();
    this.#isDirty = true;
    this.#tell(phase.kind);
  }

  #beginClose(): void {
    this.#tell("close");
    this.#bind();
  }

  async #prepare(run: () => Promise<void>): Promise<void> {
    this.#beginPreparation();
    await run();
  }

  async #write(index: number): Promise<void> {
    const phase = phaseOf(this.#request.planned.shape?.phases ?? [], index);
    this.#beginPhase(phase);
    await this.#writer.write(phase, this.#options);
  }

  async #flush(): Promise<void> {
    await this.#request.recorder.flush(this.#options);
    this.#isDirty = false;
  }

  /** A close publishes, so everything must be on the medium before it. */
  async #close(what: Closable): Promise<void> {
    this.#tell("close");
    if (this.#isDirty) await this.#flush();
    this.#options.signal?.throwIfAborted();
    this.#bind();
    await this.#request.recorder.closeSpace(what, this.#options);
  }

  /** From here on the burn only goes forward. */
  #bind(): void {
    this.#isBound = true;
    this.#options = {};
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

  #onWritten(blocks: Blocks, buffer?: number): void {
    this.writtenBlocks += blocks;
    if (this.#phase?.kind === "payload") this.#payloadBlocks += blocks;
    if (this.#phase?.kind === "give-up") this.#givenUpBlocks += blocks;
    this.#isInvalidated ||= this.#phase?.kind === "invalidate";
    this.#progress.advance(blocks, this.#phase?.kind ?? "payload", () => this.#cancelPrice(), buffer);
  }

  #onDamage({ label, at }: Extent, what: string): void {
    this.damaged.push({ label, at, what });
    this.#request.onEvent?.({ type: "damage", label, at, what });
  }

  #tell(activity: Activity): void {
    this.#progress.begin(activity, () => this.#cancelPrice());
  }

  #cancelPrice(): CancelPrice {
    return cancelPrice(this.#request.planned.offer, {
      isPrepared: this.#isPrepared,
      isInvalidated: this.#isInvalidated,
      givenUpBlocks: this.#givenUpBlocks,
      isPayloadWritten: this.#payloadBlocks === this.#payloadTotal,
      payloadBlocks: this.#payloadBlocks,
      isBound: this.#isBound,
    });
  }
}

function phaseOf(phases: readonly Phase[], index: number): Phase {
  const phase = phases[index];
  if (phase === undefined) throw new TypeError(`The plan has no phase ${index}`);
  return phase;
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
