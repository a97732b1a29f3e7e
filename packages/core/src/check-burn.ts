import type { BurnRequest } from "./burn.ts";
import { MultisessionError } from "./errors.ts";
import { fingerprint } from "./fingerprint.ts";
import type { HistoryOptions } from "./history.ts";
import type { Medium } from "./medium.ts";
import { observe } from "./observe.ts";
import { executorObjection } from "./plan-executor.ts";
import { provePlan } from "./prove-plan.ts";
import type { BlockReader, CallOptions } from "./recorder.ts";
import { RememberingReader } from "./remembering-reader.ts";
import { tryRead } from "./try-read.ts";

/**
 * All that must hold before the first write.
 *
 * @returns the facts about the disc as it is.
 * @throws `WRONG_DISC`, `OUTSIDE_SPACE`, `NOT_EXECUTABLE`, `READ_FAILED`, `SOURCE_UNREADABLE`, `SOURCE_CHANGED`.
 */
export async function checkBurn(request: BurnRequest, options: CallOptions): Promise<Medium> {
  const { planned, recorder, contents } = request;
  const seeing = new RememberingReader(recorder);
  const medium = await checkDisc(request, { ...options, reader: seeing });
  const fault = provePlan(planned.offer, planned.shape, planned.plan.steps);
  if (fault !== undefined)
    throw new MultisessionError("OUTSIDE_SPACE", `The plan is not safe: ${fault}. Nothing was written.`, {
      subject: recorder.uri,
    });
  checkExecutor(request, medium);
  await checkKept(request, seeing.seen(), options);
  await contents?.check(options);
  return medium;
}

function checkExecutor({ planned, recorder }: BurnRequest, medium: Medium): void {
  const { executor, uri: subject } = recorder;
  if (executor === undefined) return;
  const { offer, shape, plan } = planned;
  const objection = executorObjection(executor, { medium, offer, steps: plan.steps, phases: shape?.phases ?? [] });
  if (objection === undefined) return;
  const message = `${executor.name} cannot carry out this plan. ${objection} Nothing was written.`;
  throw new MultisessionError("NOT_EXECUTABLE", message, { subject });
}

async function checkDisc(request: BurnRequest, options: HistoryOptions): Promise<Medium> {
  const { medium, history } = await observe(request, options);
  if (fingerprint(medium, history) === request.planned.plan.medium) return medium;
  throw new MultisessionError(
    "WRONG_DISC",
    `The disc in ${request.recorder.uri} is not the one that was planned for, or it has changed since. Nothing was written.`,
    { subject: request.recorder.uri },
  );
}

/** What is kept of a unit that is written as a whole must be readable, or the burn would lose it. */
async function checkKept({ planned, recorder }: BurnRequest, reader: BlockReader, options: CallOptions): Promise<void> {
  for (const { extents } of planned.shape?.phases ?? [])
    for (const { at, blocks, source } of extents) {
      if (source.from !== "medium" || source.unreadable !== "refuse") continue;
      if ((await tryRead(reader, at, blocks, options)) !== undefined) continue;
      throw new MultisessionError(
        "READ_FAILED",
        `Blocks ${at} to ${at + blocks - 1} cannot be read. They lie beside the disc's head and would be lost when it is written. Nothing was written.`,
        { subject: recorder.uri },
      );
    }
}
