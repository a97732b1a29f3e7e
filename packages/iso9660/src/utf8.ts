/** Bytes of text in UTF-8. Names are short and ASCII as a rule: to ask Node.js takes several times as long for them (measured). */
export function utf8Bytes(text: string): number {
  for (let index = 0; index < text.length; index += 1)
    if (text.charCodeAt(index) > 0x7f) return Buffer.byteLength(text);
  return text.length;
}

/** Writes text in UTF-8; `length`: its bytes. */
export function putUtf8(bytes: Buffer, at: number, text: string, length: number): void {
  // Only ASCII has as many bytes as UTF-16 units.
  if (length !== text.length) bytes.write(text, at);
  else for (let index = 0; index < length; index += 1) bytes[at + index] = text.charCodeAt(index);
}
