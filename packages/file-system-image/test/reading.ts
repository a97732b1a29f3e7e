import type { EditableTree } from "../src/index.ts";

/** All bytes of a stream. */
export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** A file of an image as text. */
export async function textOf(image: EditableTree, path: string): Promise<string> {
  return (await bytesOf(image.readFile(path))).toString("utf8");
}

/** Every item of an image: files with their text, links with their target, folders with a slash. */
export async function contentsOf(image: EditableTree): Promise<Record<string, string>> {
  const contents: Record<string, string> = {};
  for await (const { path, kind, target } of image) {
    if (kind === "directory") contents[`${path}/`] = "";
    else contents[path] = kind === "file" ? await textOf(image, path) : `-> ${target}`;
  }
  return contents;
}

/** The code of the error that a promise or a call ends with. */
export async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    const { code, name, message } = error as { code?: string; name: string; message: string };
    return code ?? `${name}: ${message}`;
  }
  return "no error";
}
