/** What identifies a file's bytes without reading them. */
export interface FileState {
  readonly bytes: number;
  /** Milliseconds since 1970 with a fraction. */
  readonly modified: number;
  readonly device: number | bigint;
  /** 0 where the host has none. */
  readonly inode: number | bigint;
  /** The file has more names than one: hard links. */
  readonly isLinked: boolean;
}

/** Numbers of one file: time, device, inode. */
const NUMBERS = 3;

/** Files that room is made for at once, at most: of a large folder few may come. */
const MOST_ROOM = 1024;

/** Names and states of files, but for their sizes, packed: an object with its numbers takes three times the memory. */
export class FileStates {
  readonly #names: (string | Buffer)[] = [];
  #numbers = new Float64Array(0);
  /** How many to make room for at first. */
  #room = 1;
  /** What has more names than one; there are many folders without any. */
  #linked: Set<number> | undefined;
  /** Numbers above 2^53. */
  #exact: Map<number, Pick<FileState, "device" | "inode">> | undefined;

  /** Tells how many files may come, so that room is made for them at once. */
  expect(files: number): void {
    this.#room = Math.min(Math.max(1, files), MOST_ROOM);
  }

  /** Adds a file; tells its number. */
  add(name: string | Buffer, { modified, device, inode, isLinked }: FileState): number {
    const file = this.#names.push(name) - 1;
    const at = NUMBERS * file;
    if (this.#numbers.length < at + NUMBERS) {
      const larger = new Float64Array(Math.max(NUMBERS * this.#room, 2 * this.#numbers.length));
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[at] = modified;
    this.#numbers[at + 1] = Number(device);
    this.#numbers[at + 2] = Number(inode);
    if (isLinked) {
      this.#linked ??= new Set();
      this.#linked.add(file);
    }
    if (typeof device === "bigint" || typeof inode === "bigint") {
      this.#exact ??= new Map();
      this.#exact.set(file, { device, inode });
    }
    return file;
  }

  nameOf(file: number): string | Buffer {
    return this.#names[file] as string | Buffer;
  }

  modifiedOf(file: number): number {
    return this.#numbers[NUMBERS * file] as number;
  }

  deviceOf(file: number): number | bigint {
    return this.#exact?.get(file)?.device ?? (this.#numbers[NUMBERS * file + 1] as number);
  }

  inodeOf(file: number): number | bigint {
    return this.#exact?.get(file)?.inode ?? (this.#numbers[NUMBERS * file + 2] as number);
  }

  isLinked(file: number): boolean {
    return this.#linked?.has(file) === true;
  }
}
