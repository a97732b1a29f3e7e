import { type DirectoryNode, MultisessionError, type Tree, type TreeNode } from "@multisession/core";
import { SHORT_DATE_RANGE } from "./dates.ts";
import type { IsoDialect } from "./iso-dialect.ts";
import { dCharacters, whyNoIdentifier } from "./iso-names.ts";
import type { Turns } from "./turns.ts";
import { volumeNameLimit } from "./volume-descriptor.ts";
import type { BlankText } from "./volume-details.ts";
import type { VolumeOptions } from "./volume-options.ts";

/**
 * A set of rules that refuses what it would have to change.
 *
 * - `strict`: what every reader of ECMA-119 shows as it was given: identifiers in d-characters, 8 levels, paths of 255 bytes.
 * - `dicom-cd`: level 1 as DICOM PS3.12 Annex F wants it on CD-R; the volume's name is the File-set ID.
 */
export type Profile = "strict" | "dicom-cd";

/** Longest File-set ID (DICOM PS3.10 8.1). */
const FILE_SET_ID_CHARACTERS = 16;

/** File that lists a File-set, in the root (DICOM PS3.10 8.6). */
const DICOM_DIRECTORY = "DICOMDIR";

/**
 * Checks that a tree can be stored under a profile without a change. A File-set without its DICOMDIR is a note, because it
 * may come in a later session; so are files with an extension, which PS3.12 F.1.2.1 leaves to what is not DICOM's.
 *
 * @throws `INVALID_VOLUME_NAME`; with the path `NAME_NOT_ALLOWED`, `iso9660/LINK_NOT_ALLOWED`, `iso9660/SPECIAL_NOT_ALLOWED`,
 * `iso9660/TIME_NOT_ALLOWED` and `iso9660/ATTRIBUTES_NOT_ALLOWED`.
 */
export async function checkProfile(tree: Tree, volume: VolumeOptions, turns: Turns): Promise<readonly string[]> {
  const { profile } = volume;
  if (profile === undefined) return [];
  checkVolumeName(tree.volumeName, volume, profile);
  checkKept(tree.root, "/", volume, profile);
  let extensions = 0;
  // Not recursive: a deep tree must not end the stack.
  const waiting: { node: DirectoryNode; path: string }[] = [{ node: tree.root, path: "" }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, path } = next;
    for (const child of node.children) {
      const at = `${path}/${child.name}`;
      checkNode(child, at, volume, profile);
      checkKept(child, at, volume, profile);
      if (child.name.includes(".")) extensions += 1;
      if (child.kind === "directory") waiting.push({ node: child, path: at });
    }
    await turns.after(node.children.length + 1);
  }
  return profile === "dicom-cd" ? dicomNotes(tree.root, extensions) : [];
}

/**
 * Checks what shows only when a volume has been laid out: whether its root holds its attributes, and its texts the names of files.
 *
 * @throws `iso9660/ATTRIBUTES_NOT_ALLOWED`, `iso9660/TEXT_NOT_ALLOWED` with the path of the file.
 */
export function checkPlannedProfile(
  { profile }: VolumeOptions,
  root: DirectoryNode,
  isoDialect: IsoDialect,
  blankTexts: readonly BlankText[],
): void {
  if (profile === undefined) return;
  if (!isoDialect.keepsRootAttributes(root))
    refuse("iso9660/ATTRIBUTES_NOT_ALLOWED", "/", "has longer extended attributes than the root can have", profile);
  for (const { text, file, where } of blankTexts) {
    const why = where === "joliet" ? "has a name too long for Joliet's" : "is no file of the root, so it cannot be the";
    throw new MultisessionError("iso9660/TEXT_NOT_ALLOWED", `"/${file}" ${why} text "${text}" (profile ${profile}).`, {
      subject: `/${file}`,
      advice: `${where === "joliet" ? "Rename the file" : "Add the file"}, or leave the text out.`,
      retry: "after-change",
    });
  }
}

function checkVolumeName(name: string, { joliet }: VolumeOptions, profile: Profile): void {
  const isFileSet = profile === "dicom-cd";
  const most = isFileSet ? FILE_SET_ID_CHARACTERS : joliet ? volumeNameLimit.joliet : volumeNameLimit.primary;
  const what = isFileSet ? "A File-set ID" : `The name of a strict volume${joliet ? " with Joliet" : ""}`;
  if (name.length <= most && dCharacters(name) === name) return;
  throw new MultisessionError(
    "INVALID_VOLUME_NAME",
    `${what} has at most ${most} of the characters A to Z, 0 to 9 and underscore; "${name}" has others or more.`,
    { subject: name, advice: "Choose another name for the volume.", retry: "after-change" },
  );
}

function checkNode(node: TreeNode, path: string, volume: VolumeOptions, profile: Profile): void {
  const { names, rockRidge, joliet, enhanced } = volume;
  const why = whyNoIdentifier(node, names);
  if (why !== undefined)
    throw new MultisessionError("NAME_NOT_ALLOWED", `"${path}" ${why} (profile ${profile}, level ${names.level}).`, {
      subject: path,
      advice: "Rename it, or record without the profile.",
      retry: "after-change",
    });
  const isShown = node.kind === "file" || node.kind === "directory" || (rockRidge !== false && !joliet && !enhanced);
  if (isShown) return;
  const [code, what] =
    node.kind === "symlink"
      ? (["iso9660/LINK_NOT_ALLOWED", "a symbolic link"] as const)
      : (["iso9660/SPECIAL_NOT_ALLOWED", "a special file"] as const);
  const who = joliet ? "Joliet does not know" : enhanced ? "ISO 9660:1999 does not know" : "takes Rock Ridge";
  refuse(code, path, `is ${what}, which ${who}`, profile);
}

/** Modes and owners are not among this: every item has them, and who chooses a profile without Rock Ridge gives them up. */
function checkKept(node: TreeNode, path: string, { rockRidge }: VolumeOptions, profile: Profile): void {
  const { modified, extended = [] } = node.attributes;
  if (!(modified >= SHORT_DATE_RANGE.first && modified <= SHORT_DATE_RANGE.last))
    throw new MultisessionError(
      "iso9660/TIME_NOT_ALLOWED",
      `"${path}" has a time outside the years 1900 to 2155 (profile ${profile}).`,
      { subject: path, advice: "Change its time, or record without the profile.", retry: "after-change" },
    );
  if (rockRidge === false && extended.length > 0)
    refuse(
      "iso9660/ATTRIBUTES_NOT_ALLOWED",
      path,
      "has extended attributes or an access control list, which take Rock Ridge",
      profile,
    );
}

/** Refuses what could be left out. */
function refuse(code: `iso9660/${string}`, path: string, why: string, profile: Profile): never {
  throw new MultisessionError(code, `"${path}" ${why} (profile ${profile}).`, {
    subject: path,
    advice: "Leave it out, or record without the profile.",
    retry: "after-change",
  });
}

function dicomNotes({ children }: DirectoryNode, extensions: number): string[] {
  const notes: string[] = [];
  if (!children.some(({ name, kind }) => name === DICOM_DIRECTORY && kind === "file"))
    notes.push(`No file ${DICOM_DIRECTORY} lies in the root: DICOM readers will find no File-set.`);
  if (extensions > 0)
    notes.push(
      extensions === 1
        ? "1 name has an extension, which no file of a DICOM File-set may have."
        : `${extensions} names have extensions, which no file of a DICOM File-set may have.`,
    );
  return notes;
}
