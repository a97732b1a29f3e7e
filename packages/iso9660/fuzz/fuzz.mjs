import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

/**
 * Damages small discs at random and reads them: nothing may crash, hang, or ask for what no disc has. Plain JavaScript, so
 * that the same code runs from the command line with the built packages and in the tests with their sources.
 */

/** Most blocks that one volume may make its reader ask for: 512 MiB of directories, and as much again for all else. */
const MAX_BLOCKS_READ = 524_288;

/** Most entries that one damaged volume of the corpus may show. */
const MAX_ENTRIES = 50_000;

/** Longest time for one volume in milliseconds: hundreds of times what a whole one takes. */
const MAX_TIME = 10_000;

/** Most bytes that reading one small image may add to what is held, buffers outside of the heap included. */
const MAX_HELD_BYTES = 512 * 2 ** 20;

/** Reads from one look at the memory to the next. */
const READS_BETWEEN_LOOKS = 16;

/** Most blocks that are read of the contents of one image. */
const MAX_CONTENT_BLOCKS = 4096;

/** Most bytes that are read of one compressed file, and longest piece of it: the largest block that there is. */
const MAX_FILE_BYTES = 16 * 2 ** 20;
const MAX_PIECE_BYTES = 2 ** 20;

const METADATA_BLOCKS = 96;
const INTERESTING = [0, 1, 2, 16, 17, 18, 19, 20, 22, 24, 0x7f, 0x80, 0xff, 0x800, 0xffff, 0x7fffffff, 0xffffffff];
const SIGNATURES = [
  "SP",
  "CE",
  "ER",
  "PX",
  "TF",
  "NM",
  "SL",
  "CL",
  "PL",
  "RE",
  "ST",
  "ZF",
  "Z2",
  "AL",
  "\x04ca",
  "\x04cx",
  "AA",
  "SF",
  "PN",
  "ES",
  "CD001",
  "MSESSION",
];

/** Numbers from 0 up to `limit`, the same for a seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

/** Small discs of all kinds that the writer makes, as images. */
export async function makeCorpus({ core, iso9660 }) {
  const choices = [
    {},
    { sectionBytes: core.BLOCK_BYTES },
    { joliet: false, rockRidge: "1.12" },
    { rockRidge: false, level: 1 },
    { joliet: false, rockRidge: false, characters: "relaxed" },
    { level: 4 },
    { joliet: false, boot: { entries: [{ image: Buffer.alloc(2048, 0x90), bootInfoTable: true }] } },
    { joliet: false, deepFolders: "relocated" },
    { joliet: false, md5: true },
  ];
  const corpus = [];
  for (const options of choices) corpus.push(await makeImage(core, new iso9660.Iso9660(options), {}));
  for (const special of [{ isCompressed: true }, { hasAttributes: true }])
    corpus.push(await makeImage(core, new iso9660.Iso9660(), special));
  return corpus;
}

/** A file as mkzftree makes it, with a block of zeros in the middle; and how long it is for programs. */
function compressed() {
  const block = 32_768;
  const pieces = [deflateSync(Buffer.alloc(block, "text ")), Buffer.alloc(0), deflateSync(Buffer.alloc(5000, "end "))];
  const header = Buffer.alloc(16 + 4 * (pieces.length + 1));
  header.write("37e45396c9dbd607", "hex");
  const bytes = 2 * block + 5000;
  header.writeUInt32LE(bytes, 8);
  header.set([4, 15], 12);
  let at = header.length;
  for (const [index, piece] of [...pieces, Buffer.alloc(0)].entries()) {
    header.writeUInt32LE(at, 16 + 4 * index);
    at += piece.length;
  }
  return { stored: Buffer.concat([header, ...pieces]), bytes };
}

/** Where the compressed file of an image lies: in the last blocks of its metadata, so that it is damaged too. */
const COMPRESSED_AT = METADATA_BLOCKS - 4;

async function makeImage(core, fileSystem, { isCompressed = false, hasAttributes = false }) {
  const { stored, bytes } = compressed();
  const packed = {
    kind: "recorded",
    bytes,
    encoding: "zisofs 1 4 15",
    extents: [{ at: COMPRESSED_AT, bytes: stored.length }],
  };
  const sparse = { ...packed, bytes: stored.length, encoding: undefined, remark: `stored 53461501${"01".repeat(17)}` };
  const attributes = { mode: 0o644, uid: 1, gid: 2, modified: Date.UTC(2020, 1, 3) };
  const file = (name, bytes) => ({ kind: "file", name, attributes, content: { kind: "new", bytes, id: 0 } });
  const folder = (name, ...children) => ({ kind: "directory", name, attributes, children });
  const deepFolder = (levels) => folder(`${levels}`, levels > 1 ? deepFolder(levels - 1) : file("deepest", 5000));
  const link = (name, target) => ({ kind: "symlink", name, attributes, target });
  const extended = [
    { name: "", value: Buffer.from([0x40, 0x10, 0x06]) },
    { name: "user.comment", value: Buffer.alloc(300, "long") },
  ];
  const root = folder(
    "",
    // Nine levels: what is too deep for ISO 9660 is moved where that is asked for.
    ...(fileSystem.delta === undefined ? [deepFolder(8)] : []),
    ...(hasAttributes ? [{ ...file("attributes", 5000), attributes: { ...attributes, extended } }] : []),
    { kind: "special", name: "device", attributes, type: "block-device", device: { major: 8, minor: 17 } },
    file("big.bin", 5000),
    { ...file("one name", 5000), inode: 1 },
    { ...file("another", 5000), inode: 1 },
    file("n".repeat(230), 5000),
    file("README", 5000),
    ...(isCompressed ? ["packed", "p".repeat(200)].map((name) => ({ ...file(name, 0), content: packed })) : []),
    ...(isCompressed ? [{ ...file("sparse", 0), content: sparse }] : []),
    file("readme", 5000),
    link("link", `../x/${"far/".repeat(90)}end`),
    folder("folder", folder("inner", file("deep.txt", 5000)), folder("a:b"), folder("a*b", file("x", 5000))),
    folder("many", ...Array.from({ length: 40 }, (_, index) => file(`file number ${index}.txt`, 5000))),
  );
  const fixed = { time: Date.UTC(2026, 0, 1), life: "00".repeat(16), sequence: 1, nonce: "11".repeat(8) };
  const space = {
    ranges: [{ start: 0, end: 100_000, rule: "append", next: 0, unit: 1 }],
    sessionStart: 0,
    sessionUnit: 1,
    mediumEnd: 100_000,
    minimum: 0,
    published: { by: "close" },
    barrier: { ordered: [], durable: [] },
  };
  const layout = await fileSystem.layout({ volumeName: "Fuzz", root }, { space, fixed });
  const contents = [{ bytes: 5000, label: "content" }];
  const { phases } = await core.assembleSession({
    space,
    fixed,
    layouts: [layout],
    contents,
    label: "",
    imageDigest: "",
  });
  const extents = phases.flatMap((phase) => phase.extents);
  const blocks = Math.max(METADATA_BLOCKS, ...extents.map(({ at, blocks }) => at + blocks));
  const image = Buffer.alloc(blocks * core.BLOCK_BYTES);
  const digest = (algorithm, bytes) => createHash(algorithm).update(bytes).digest();
  for (const { at, source } of extents) {
    const start = at * core.BLOCK_BYTES;
    if (source.from === "bytes") image.set(Buffer.concat([...source.produce()]), start);
    if (source.from !== "derived" || fileSystem.md5 !== true) continue;
    const [sha256, md5] = ["sha256", "md5"].map((algorithm) => digest(algorithm, Buffer.alloc(5000)));
    const written = { content: () => ({ sha256, md5 }), phaseMd5: () => digest("md5", image.subarray(0, start)) };
    image.set(source.produce({ ...written, metadata: () => sha256 }), start);
  }
  if (isCompressed) image.set(stored, COMPRESSED_AT * core.BLOCK_BYTES);
  return image;
}

/** A copy of an image with one to twelve things wrong. */
export function damage(original, blockBytes, random) {
  let image = Buffer.from(original);
  const end = () => Math.min(image.length, METADATA_BLOCKS * blockBytes);
  const anywhere = () => 16 * blockBytes + random(end() - 16 * blockBytes);
  for (let left = 1 + random(12); left > 0; left -= 1) {
    const at = anywhere();
    switch (random(8)) {
      case 0:
        image[at] = random(256);
        break;
      case 1:
        image[at] = INTERESTING[random(INTERESTING.length)];
        break;
      case 2:
        if (at + 4 <= image.length) image.writeUInt32LE(INTERESTING[random(INTERESTING.length)], at);
        break;
      case 3:
        image.write(SIGNATURES[random(SIGNATURES.length)], at, "latin1");
        break;
      case 4:
        image.copyWithin(at, anywhere(), anywhere());
        break;
      case 5: {
        const block = at - (at % blockBytes);
        image.copyWithin(block, 16 * blockBytes + random(20) * blockBytes, 16 * blockBytes + random(40) * blockBytes);
        break;
      }
      case 6:
        image.fill(random(2) * 0xff, at, Math.min(image.length, at + random(64)));
        break;
      default:
        if (random(10) === 0) image = image.subarray(0, Math.max(18 * blockBytes, at - (at % blockBytes)));
    }
  }
  return image;
}

/** Reads a damaged image in every way. @throws what is wrong with the reader. */
export async function readDamaged({ core, iso9660 }, image) {
  const started = performance.now();
  let read = 0;
  const checkHeld = holding();
  const { disc, broken } = discOf(core, image, checkHeld);
  const medium = mediumOf(core, image);
  const bounded = new core.MediumReader(disc, medium);
  const reader = {
    read: async (at, blocks) => {
      if (!Number.isInteger(at) || at < 0 || !(blocks >= 1 && blocks <= 64) || at + blocks > 2 ** 32)
        throw new RangeError(`asked for ${blocks} blocks at ${at}`);
      read += blocks;
      if (read > MAX_BLOCKS_READ) throw new RangeError(`asked for more than ${MAX_BLOCKS_READ} blocks`);
      if (performance.now() - started > MAX_TIME) throw new RangeError(`took longer than ${MAX_TIME} ms`);
      return bounded.read(at, blocks);
    },
  };
  const watched = {
    read: (at, blocks) =>
      reader.read(at, blocks).catch((error) => {
        if (error instanceof RangeError) broken.push(error);
        throw error;
      }),
  };
  const { probe } = new iso9660.Iso9660();
  for (const kind of [{ sessions: "physical" }, { sessions: "none", overwrite: "in-place", status: "random" }])
    await core.readHistory({ ...medium, ...kind }, [probe], disc);
  let contentBlocks = 0;
  for (const prefer of [["rock-ridge", "joliet", "plain"], ["joliet"], ["enhanced"], ["plain"]]) {
    read = 0;
    const fileSystem = new iso9660.Iso9660({ prefer });
    const head = await fileSystem.probe.head(watched, 0);
    if (head === undefined) continue;
    const state = { ...head, index: 0, fileSystem: "iso9660", proof: "head" };
    try {
      const volume = await fileSystem.open(watched, state);
      checkHeld();
      const waiting = [volume.root];
      const directories = [];
      const summed = [];
      for (let count = 0, entry = waiting.pop(); entry !== undefined; entry = waiting.pop(), count += 1) {
        if (count > MAX_ENTRIES) throw new RangeError(`showed more than ${MAX_ENTRIES} entries`);
        if (/[/\0]/.test(entry.name)) throw new RangeError(`showed the name ${JSON.stringify(entry.name)}`);
        if (entry.encoding !== undefined) await readCompressed(volume, entry);
        else if (entry.kind === "file") contentBlocks += await readContent(bounded, entry, contentBlocks);
        if (entry.md5At !== undefined) summed.push(entry);
        if (entry.kind === "directory") {
          directories.push(entry.at);
          waiting.push(...(await volume.list(entry)));
        }
      }
      const md5 = await volume.md5Sums();
      if (summed.some((entry) => ![16, undefined].includes(md5(entry)?.length)))
        throw new RangeError("has a short MD5 sum");
      const span = await volume.directories();
      if (span !== undefined && span.oldest > span.newest)
        throw new RangeError("has its newest directory before its oldest");
      // Only what is read by Rock Ridge is shared.
      const sharing = prefer[0] === "rock-ridge" ? await volume.share() : { reason: "" };
      if (!("reason" in sharing)) for (const at of directories) await sharing.canShare(at);
    } catch (error) {
      if (error.code !== "DAMAGED_CONTENT") throw error;
    }
  }
  checkHeld();
  if (broken.length > 0) throw broken[0];
}

/**
 * An image as the disc of a drive that is never to be asked for what it does not have. A reader may swallow what a drive
 * refuses; it must not swallow what no drive is ever to be asked, so that is kept.
 */
function discOf(core, image, checkHeld) {
  const broken = [];
  let reads = 0;
  const read = async (at, blocks) => {
    reads += 1;
    if (reads % READS_BETWEEN_LOOKS === 0) checkHeld();
    if (at >= 0 && (at + blocks) * core.BLOCK_BYTES <= image.length)
      return image.subarray(at * core.BLOCK_BYTES, (at + blocks) * core.BLOCK_BYTES);
    broken.push(new RangeError(`asked the drive for ${blocks} blocks at ${at}, outside of its disc`));
    throw new core.MultisessionError("READ_FAILED", "There is no such block.", { subject: "image" });
  };
  return { disc: { read }, broken };
}

/** The facts about an image: one closed track. */
function mediumOf({ BLOCK_BYTES }, image) {
  const capacity = Math.floor(image.length / BLOCK_BYTES);
  return {
    kind: "dvd-rom",
    status: "complete",
    lastSession: "complete",
    isFormatted: true,
    isWriteProtected: true,
    unit: 16,
    overwrite: "no",
    sessionGap: 0,
    tracks: [{ number: 1, session: 1, start: 0, size: capacity, state: "closed", free: 0 }],
    capacity,
    formats: [],
    generation: 1,
  };
}

/** Throws when much more is held than now. Garbage counts until it is collected, so that short peaks are seen as well. */
function holding() {
  const held = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = held();
  return () => {
    const added = held() - before;
    if (added > MAX_HELD_BYTES) throw new RangeError(`took ${added} bytes of memory`);
  };
}

/** Reads a file as it lies on the disc, as far as it can be read. Gives how many blocks that were. */
async function readContent(reader, { extents }, done) {
  let read = 0;
  try {
    for (const { at, bytes } of extents)
      for (let left = Math.ceil(bytes / 2048), from = at; left > 0 && done + read < MAX_CONTENT_BLOCKS; ) {
        const blocks = Math.min(32, left);
        await reader.read(from, blocks);
        read += blocks;
        from += blocks;
        left -= blocks;
      }
  } catch (error) {
    if (error.code !== "READ_FAILED") throw error;
  }
  return read;
}

/** Reads a compressed file as far as it is right. @throws what is wrong with the reader. */
async function readCompressed(volume, entry) {
  let length = 0;
  try {
    for await (const piece of volume.decode(entry)) {
      length += piece.length;
      if (piece.length > MAX_PIECE_BYTES) throw new RangeError(`gave ${piece.length} bytes at once`);
      if (length > MAX_FILE_BYTES) return;
    }
    if (length !== entry.bytes) throw new RangeError(`gave ${length} of ${entry.bytes} bytes`);
  } catch (error) {
    if (error.code !== "DAMAGED_CONTENT" && error.code !== "READ_FAILED") throw error;
  }
}

/**
 * Reads damaged images until `isOver(done)`; the seed of an image is `seed` and its number. Gives how many were read.
 *
 * @throws an error that names the seed of the image that broke the reader.
 */
export async function fuzz(packages, { seed, isOver, more = [] }) {
  const corpus = [...(await makeCorpus(packages)), ...more];
  let done = 0;
  for (; !isOver(done); done += 1) {
    const random = randomFrom(seed + done);
    const image = damage(corpus[random(corpus.length)], packages.core.BLOCK_BYTES, random);
    try {
      await readDamaged(packages, image);
    } catch (error) {
      throw new Error(`The image of seed ${seed + done} broke the reader: ${error.message}`, { cause: error });
    }
  }
  return done;
}
