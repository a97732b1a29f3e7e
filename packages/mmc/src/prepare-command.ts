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
