import type { Attributes, SpecialFile, SpecialType } from "@multisession/core";
import { specialType } from "./device-node.ts";
import type { PlacedRecord } from "./directory-reader.ts";
import { recordFlag } from "./directory-record.ts";
import type { Findings } from "./findings.ts";
import { fileType } from "./rock-ridge.ts";
import type { RockRidge } from "./rock-ridge-reader.ts";

const specialTypes = Object.keys(specialType) as SpecialType[];

/** What a volume says of a node without Rock Ridge: readable by all, owned by nobody in particular. */
const defaultMode = { directory: 0o555, file: 0o444, symlink: 0o777 } as const;

/** What a record stands for; nothing where it is not shown, which is a finding. `name`: for people. */
export function kindOf(
  record: PlacedRecord,
  rockRidge: RockRidge | undefined,
  name: string,
  findings: Findings,
): "directory" | "file" | "symlink" | SpecialFile | undefined {
  if (rockRidge?.childAt !== undefined || (record.flags & recordFlag.directory) !== 0) return "directory";
  if ((record.flags & recordFlag.associated) !== 0) {
    findings.add(record.block, `The associated file of "${name}" was left out.`);
    return undefined;
  }
  const type = (rockRidge?.mode ?? fileType.file) & fileType.mask;
  if (type === fileType.symlink && rockRidge?.target) return "symlink";
  if (type === fileType.file || type === 0) return "file";
  const special = specialTypes.find((one) => specialType[one] === type);
  if (special !== undefined)
    return { type: special, ...(rockRidge?.device === undefined ? {} : { device: rockRidge.device }) };
  findings.add(record.block, `"${name}" is of no known type; it was left out.`);
  return undefined;
}

/** Attributes of a record, from Rock Ridge where it has them. */
export function attributesOf(
  record: PlacedRecord,
  rockRidge: RockRidge | undefined,
  kind: keyof typeof defaultMode,
): Attributes {
  return {
    mode: (rockRidge?.mode ?? defaultMode[kind]) & 0o7777,
    uid: rockRidge?.uid ?? 0,
    gid: rockRidge?.gid ?? 0,
    modified: rockRidge?.modified ?? record.date,
    ...(rockRidge?.extended === undefined ? {} : { extended: rockRidge.extended }),
    ...((record.flags & recordFlag.hidden) === 0 ? {} : { hidden: true }),
  };
}
