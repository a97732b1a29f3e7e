import type { DirectoryNode } from "@multisession/core";
import type { Dialect } from "./hierarchy.ts";
import type { DescriptorDetails, DescriptorKind } from "./volume-descriptor.ts";
import { type VolumeOptions, volumeOptions } from "./volume-options.ts";
import {
  type EncodedTexts,
  fileTexts,
  plainTexts,
  type TextName,
  textField,
  type VolumeTexts,
} from "./volume-texts.ts";

/** What the options say of a volume's descriptors. */
export type VolumeDetails = Pick<DescriptorDetails, "texts" | "dates" | "applicationUse" | "jolietLevel">;

/** Details of a volume; texts that name files of the root are what each hierarchy calls those files. */
export function detailsOf(
  { texts, dates, applicationUse, jolietLevel }: VolumeOptions,
  root: DirectoryNode,
  dialects: Partial<Record<DescriptorKind, Dialect>> = {},
): VolumeDetails {
  const textsOf = (kind: DescriptorKind): EncodedTexts => ({
    ...plainTexts(texts, kind),
    ...fileNames(texts, root, dialects[kind], kind),
  });
  return {
    texts: { primary: textsOf("primary"), joliet: textsOf("joliet"), enhanced: textsOf("enhanced") },
    dates,
    applicationUse,
    jolietLevel,
  };
}

/** Details where no options are known. */
export const blankDetails: VolumeDetails = detailsOf(volumeOptions(), {
  kind: "directory",
  name: "",
  attributes: { mode: 0, uid: 0, gid: 0, modified: 0 },
  children: [],
});

/** Version of every file, as in its directory record. */
const versionIn: Readonly<Record<DescriptorKind, string>> = { primary: ";1", joliet: ";1", enhanced: "" };

function fileNames(
  texts: VolumeTexts,
  root: DirectoryNode,
  dialect: Dialect | undefined,
  kind: DescriptorKind,
): EncodedTexts {
  if (dialect === undefined || fileTexts.every((name) => texts[name] === undefined)) return {};
  const named = dialect.nameChildren(root.children).filter(({ node }) => node.kind === "file");
  return Object.fromEntries(
    fileTexts.flatMap((name) => {
      const key = named.find(({ node }) => node.name === texts[name])?.key;
      const room = kind === "joliet" ? textField[name].bytes >> 1 : textField[name].bytes;
      const identifier = key && key + versionIn[kind];
      return identifier === undefined || identifier.length > room ? [] : [[name, identifier] as const];
    }),
  );
}

/** A text that names a file and stays blank. */
export interface BlankText {
  readonly text: TextName;
  readonly file: string;
  /** Everywhere, as no such file lies in the root; or only in Joliet's descriptor, where the name is too long. */
  readonly where: "everywhere" | "joliet";
}

/** Texts that stay blank, because the files that they name are not in the root or have names too long for their fields. */
export function blankTexts(texts: VolumeTexts, encoded: VolumeDetails["texts"], hasJoliet: boolean): BlankText[] {
  return fileTexts.flatMap((text): BlankText[] => {
    const file = texts[text];
    if (file === undefined) return [];
    if (encoded.primary[text] === undefined) return [{ text, file, where: "everywhere" }];
    return hasJoliet && encoded.joliet[text] === undefined ? [{ text, file, where: "joliet" }] : [];
  });
}

/** Says which texts stay blank, and why. */
export function blankTextNotes(blank: readonly BlankText[]): string[] {
  return blank.map(({ text, file, where }) =>
    where === "joliet"
      ? `The name "${file}" is too long for the text "${text}" on Windows (Joliet), which stays blank there.`
      : `No file "${file}" lies in the root, so "${text}" stays blank.`,
  );
}
