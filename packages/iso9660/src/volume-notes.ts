import type { DirectoryNode } from "@multisession/core";
import { countOf } from "./check-tree.ts";
import type { EnhancedDialect } from "./enhanced-dialect.ts";
import type { IsoDialect } from "./iso-dialect.ts";
import type { JolietDialect } from "./joliet-dialect.ts";
import type { Relocation } from "./relocation.ts";
import type { VolumeOptions } from "./volume-options.ts";

/** What the hierarchies of a volume were planned with, and have counted meanwhile. */
interface PlannedWith {
  readonly relocation: Relocation | undefined;
  readonly isoDialect: IsoDialect;
  readonly joliet: JolietDialect | undefined;
  readonly enhanced: EnhancedDialect | undefined;
}

/** Says what was changed or left out, and for the readers of which hierarchy. */
export function changeNotes(
  root: DirectoryNode,
  volume: VolumeOptions,
  { relocation, isoDialect, joliet, enhanced }: PlannedWith,
): readonly string[] {
  return [
    ...relocationNotes(relocation, volume),
    ...isoNotes(isoDialect, volume),
    ...(volume.rockRidge === false ? lostAttributeNotes(root, isoDialect) : rootAttributeNotes(root, isoDialect)),
    ...(joliet ? jolietNotes(joliet, volume) : []),
    ...(enhanced ? enhancedNotes(enhanced, volume) : []),
  ];
}

/** What of the root's extended attributes has no room in its own record. */
function rootAttributeNotes(root: DirectoryNode, dialect: IsoDialect): string[] {
  return dialect.keepsRootAttributes(root)
    ? []
    : ["The extended attributes of the root folder are too long and not kept: those of all other items are."];
}

/** What of extended attributes there is no Rock Ridge for. */
function lostAttributeNotes({ attributes }: DirectoryNode, { changes: { attributed } }: IsoDialect): string[] {
  const hasRoot = (attributes.extended ?? []).length > 0;
  const count = attributed.length + Number(hasRoot);
  if (count === 0) return [];
  const first = hasRoot ? "/" : attributed[0];
  return [
    `Extended attributes and access control lists of ${countOf(count, "item")} left out, such as those of "${first}": they take Rock Ridge.`,
  ];
}

function isoNotes(
  { changes: { mapped, links, specials, compressed }, renamings }: IsoDialect,
  { joliet, rockRidge, enhanced }: VolumeOptions,
): string[] {
  if (rockRidge !== false) return [];
  const notes = ["Modes and owners are not kept, and times only to the second: that takes Rock Ridge."];
  if (links > 0) notes.push(`${countOf(links, "symbolic link")} left out: they take Rock Ridge.`);
  if (specials > 0) notes.push(`${countOf(specials, "special file")} left out: they take Rock Ridge.`);
  if (compressed > 0)
    notes.push(
      `${countOf(compressed, "compressed file")} shown as the compressed bytes: only Rock Ridge tells of them.`,
    );
  if (!joliet && !enhanced && mapped > 0)
    notes.push(
      `${countOf(mapped, "name")} kept only in the capital letters, digits and underscores of ISO 9660${renamings.among(mapped)}.`,
    );
  return notes;
}

function relocationNotes(relocation: Relocation | undefined, { joliet }: VolumeOptions): string[] {
  if (relocation === undefined) return [];
  const count = countOf(relocation.standIns.size, "folder");
  const others = joliet ? "Rock Ridge or Joliet" : "Rock Ridge";
  return [
    `${count} too deep for ISO 9660 moved to "${relocation.folder.name}"; readers of ${others} see the true place.`,
  ];
}

function jolietNotes(
  { changes: { mapped, cut, links, specials }, renamings }: JolietDialect,
  { rockRidge, jolietUnits }: VolumeOptions,
): string[] {
  const notes: string[] = [];
  const kept = (how: string): string => (rockRidge === false ? "" : `; Rock Ridge keeps them${how}`);
  if (cut > 0)
    notes.push(
      `${countOf(cut, "name")} longer than ${jolietUnits} characters cut for Windows (Joliet)${renamings.cut.among(cut)}${kept(" whole")}.`,
    );
  if (mapped > 0)
    notes.push(
      `${countOf(mapped, "name")} changed for Windows (Joliet), which forbids some characters, and a dot or space at the end, and ignores case${renamings.mapped.among(mapped)}${kept("")}.`,
    );
  if (links > 0 && rockRidge !== false)
    notes.push(`${countOf(links, "symbolic link")} not shown on Windows: Joliet has none.`);
  if (specials > 0 && rockRidge !== false)
    notes.push(`${countOf(specials, "special file")} not shown on Windows: Joliet has none.`);
  return notes;
}

function enhancedNotes(
  { changes: { mapped, links, specials }, renamings }: EnhancedDialect,
  { rockRidge, joliet }: VolumeOptions,
): string[] {
  const notes: string[] = [];
  const kept = rockRidge === false && !joliet ? "" : " Other readers see them by Rock Ridge or Joliet.";
  if (mapped > 0)
    notes.push(
      `${countOf(mapped, "name")} too long or with a semicolon changed for readers of ISO 9660:1999${renamings.among(mapped)}.${kept}`,
    );
  if (links > 0 && rockRidge !== false)
    notes.push(`${countOf(links, "symbolic link")} not shown to readers of ISO 9660:1999, which has none.`);
  if (specials > 0 && rockRidge !== false)
    notes.push(`${countOf(specials, "special file")} not shown to readers of ISO 9660:1999, which has none.`);
  return notes;
}
