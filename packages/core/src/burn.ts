import { BurnRun } from "./burn-run.ts";
import { checkBurn } from "./check-burn.ts";
import type { ContentSource } from "./content-source.ts";
import { MultisessionError } from "./errors.ts";
import type { OnEvent } from "./events.ts";
import type { History } from "./history.ts";
import type { ManifestEntry } from "./manifest.ts";
import type { Medium } from "./medium.ts";
import { type Observer, observe } from "./observe.ts";
import type { PlannedSession } from "./planning.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import type { Blocks, Lba } from "./units.ts";

/** What a burn needs. */
export interface BurnRequest extends Observer, CallOptions {
  /** What `planSession` gave; the recorder must hold its disc, and the mechanism be the one that made it. */
  readonly planned: PlannedSession;
  /** Needed when the session has new contents. */
  readonly contents?: ContentSource;
  /** Told of steps, progress and damage. */
  readonly onEvent?: OnEvent;
  /**
   * Reads what is on the disc after the burn, in place of the recorder that it leads to: whoever opens the new state at once
   * has its blocks by then.
   */
  readonly reader?: BlockReader;
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
 * more and proves that the new state is there. Once the commit or a close has begun an abort is not heeded any more: what
 * is left takes a moment, and stopping there would only leave the disc in a worse condition.
 *
 * A recorder that was opened with a writer of its own (`executor`) carries out the steps itself; what is proved is the same.
 *
 * @throws `WRONG_DISC`, `OUTSIDE_SPACE`, `NOT_EXECUTABLE`, `SOURCE_UNREADABLE`, `SOURCE_CHANGED`, `READ_FAILED` with nothing written;
 * `CANCELLED`, and what the recorder throws, with `oldState` saying what is known of the earlier contents; `NOT_AS_PLANNED`.
 */
export async function burn(request: BurnRequest): Promise<BurnReport> {
  const { planned, reader, signal } = request;
  const started = performance.now();
  const options = signal === undefined ? {} : { signal };
  const run = new BurnRun(request, options);
  try {
    const before = await checkBurn(request, options);
    const { executor } = request.recorder;
    if (executor !== undefined) await run.delegate(executor, before);
    else for (const [index, step] of planned.plan.steps.entries()) await run.execute(step, index);
    const { medium, history } = await observe(request, reader === undefined ? {} : { reader });
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
  } catch (error) {
    throw run.explain(error);
  }
}

/** A recovery may take several plans, and looks at the disc itself. */
function proveDone({ planned, recorder }: BurnRequest, history: History): void {
  const { plan, offer } = planned;
  if (plan.intent === "recover") return;
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
