import { MultisessionError, priceOf, type SessionIntent } from "@multisession/core";
import type { Disc } from "@multisession/file-system-image";
import { isRecoverable } from "./medium-text.ts";
import { shellWord } from "./printable.ts";
import { blocksAsBytes, count } from "./size.ts";

/** Something that can be done with a disc now, or that cannot and why. */
export interface NextAction {
  /** What it is. */
  readonly action: "append" | "first" | "recover" | "extract" | "verify" | "revert" | "close" | "new-volume";
  /** Whether it can be done. */
  readonly isPossible: boolean;
  /** For people: what it does, or why it cannot be done. */
  readonly text: string;
  /** What to type; `null` when it cannot be done. */
  readonly command: string | null;
}

/** What can be done with a disc in its present condition. Asks the mechanism for plans, so the prices are real. */
export async function nextActions(disc: Disc, device: string, signal: AbortSignal): Promise<readonly NextAction[]> {
  const { history, medium } = disc;
  const word = shellWord(device);
  const actions: NextAction[] = [];
  const can = (action: NextAction["action"], text: string, command: string): void => {
    actions.push({ action, isPossible: true, text, command: `multisession ${command}` });
  };
  if (isRecoverable(history.condition)) actions.push(await recoverAction(disc, word, signal));
  if (disc.purpose === "first" || disc.purpose === "append") actions.push(...writeActions(disc, word));
  else if (medium.status === "complete")
    actions.push({
      action: "append",
      isPossible: false,
      text: "Nothing can be added: the disc is closed for good.",
      command: null,
    });
  if (history.states.length > 0) {
    can("extract", "Restore files, from any session.", `extract ${word} / -o FOLDER`);
    can("verify", "Read the sessions back and compare them with their hashes, where they have any.", `verify ${word}`);
  }
  const older = (history.current ?? 0) > 0 ? history.current : undefined;
  if (older !== undefined && disc.purpose === "append")
    can("revert", `Have readers see an older session again, such as ${older}.`, `revert ${word} --session ${older}`);
  if (history.condition === "whole" && medium.sessions === "physical" && medium.status !== "complete")
    actions.push(await closeAction(disc, word, signal));
  if (medium.overwrite === "in-place" && history.condition !== "empty" && !medium.isWriteProtected)
    can("new-volume", "Begin anew and give up everything on the disc.", `burn ${word} FOLDER --new-volume`);
  return actions.length > 0 ? actions : [foreignAction(disc)];
}

/** What was recorded by something else stays as it is; a disc that can be erased is free for more after that. */
function foreignAction({ medium: { formats } }: Disc): NextAction {
  const text = "Nothing can be added: what is on it was not recorded in a way that is known here.";
  const isErasable = formats.length > 0;
  return {
    action: "append",
    isPossible: false,
    text: isErasable ? `${text} The formats that are listed above give it up.` : text,
    command: null,
  };
}

function writeActions({ purpose, mechanism, negotiation }: Disc, word: string): readonly NextAction[] {
  const chosen = negotiation.verdicts.find(({ isChosen }) => isChosen);
  const why = chosen === undefined ? "" : ` (${mechanism.id}: ${chosen.assessment.reason})`;
  const action = purpose === "first" ? "first" : "append";
  const text = purpose === "first" ? `Record a first session${why}.` : `Add a session${why}.`;
  const actions: NextAction[] = [{ action, isPossible: true, text, command: `multisession plan ${word} FOLDER` }];
  const others = negotiation.verdicts.filter(
    ({ mechanism: id, assessment }, index, all) =>
      id !== mechanism.id &&
      assessment.verdict !== "unsupported" &&
      all.findIndex((verdict) => verdict.mechanism === id) === index,
  );
  for (const { mechanism: id, assessment } of others) {
    const accept = assessment.preparation?.isIrreversible ? " --accept irreversible-format" : "";
    actions.push({
      action,
      isPossible: true,
      text: `Or with ${id}: ${assessment.reason}${accept === "" ? "" : ", which cannot be undone"}.`,
      command: `multisession plan ${word} FOLDER --mechanism ${id}${accept}`,
    });
  }
  return actions;
}

async function recoverAction(disc: Disc, word: string, signal: AbortSignal): Promise<NextAction> {
  const price = await priceOfIntent(disc, { kind: "recover" }, signal);
  if (typeof price === "string")
    return { action: "recover", isPossible: false, text: `It cannot be recovered: ${price}`, command: null };
  const newest = disc.history.states.length;
  const result =
    disc.history.condition === "closing"
      ? "the session that was being recorded"
      : newest === 0
        ? "an empty volume"
        : `session ${newest} as it was`;
  const isRepairedFirst = disc.medium.tracks.some(({ state }) => state === "damaged");
  const cost = isRepairedFirst
    ? "The drive must first find where the recording ends; only then it shows what the rest costs."
    : price === 0
      ? "It costs no room."
      : `The next step costs ${blocksAsBytes(price)} (${count(price, "block")}).`;
  return {
    action: "recover",
    isPossible: true,
    text: `Recover it, so that readers find ${result}. ${cost}`,
    command: `multisession recover ${word}`,
  };
}

async function closeAction(disc: Disc, word: string, signal: AbortSignal): Promise<NextAction> {
  if (disc.medium.isClosedOnlyWithSession)
    return {
      action: "close",
      isPossible: true,
      text: "Record a last session and close the disc for good with it; later it cannot be closed.",
      command: `multisession burn ${word} FOLDER --close disc --accept close-disc`,
    };
  const price = await priceOfIntent(disc, { kind: "close", consent: ["close-disc"] }, signal);
  if (typeof price === "string")
    return { action: "close", isPossible: false, text: `It cannot be closed: ${price}`, command: null };
  return {
    action: "close",
    isPossible: true,
    text: "Close it for good, so that nothing can be added.",
    command: `multisession close ${word} --accept close-disc`,
  };
}

/** Blocks that an intent costs, or why it is refused. */
async function priceOfIntent(
  disc: Disc,
  intent: Exclude<SessionIntent, { readonly kind: "first" | "append" }>,
  signal: AbortSignal,
): Promise<number | string> {
  try {
    const { plan } = await disc.plan(intent, { signal });
    return priceOf(plan.cost, "blocks");
  } catch (error) {
    if (!MultisessionError.is(error) || error.code === "CANCELLED") throw error;
    return error.message;
  }
}
