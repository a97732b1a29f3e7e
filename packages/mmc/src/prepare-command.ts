import { MultisessionError, type PrepareStep } from "@multisession/core";
import type { ChannelCommand } from "./command-channel.ts";
import { blank } from "./commands/blank.ts";
import { formatParameters, formatUnit } from "./commands/format.ts";
import type { FormatChoice } from "./format-rules.ts";

/** FORMAT UNIT or BLANK, as the rule says. Both go on after they have returned. */
export function prepareCommand({
  rule: { method },
  blocks,
  parameter,
}: FormatChoice): Pick<ChannelCommand, "cdb" | "dataOut"> {
  if ("blank" in method) return { cdb: blank.build({ immediate: true, type: method.blank }) };
  const { type, subType } = method;
  const sent = { immediate: true, blocks: method.blocks ?? blocks, type, subType, parameter };
  return { cdb: formatUnit.build({}), dataOut: formatParameters.build(sent) };
}

/** Refuses a format that the medium does not take, or that is worse than the plan said. */
export function checkFormat(
  step: PrepareStep,
  choice: FormatChoice | undefined,
  subject: string,
): asserts choice is FormatChoice {
  if (!choice) {
    const message = `The disc does not take the format ${step.format} as it is now.`;
    throw new MultisessionError("COMMAND_FAILED", message, {
      subject,
      advice: "Make a new plan.",
      retry: "after-change",
    });
  }
  if (choice.rule.isIrreversible && !step.isIrreversible) {
    const message = `The format ${step.format} cannot be undone, but the step says that it can.`;
    throw new MultisessionError("CONSENT_REQUIRED", message, { subject });
  }
}
