/**
 * Damaged sessions against a target with two drives: whatever comes, it answers a well-behaved initiator, gives memory and
 * connections back, and leaves a sound disc.
 */
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { conversations } from "./conversations.mjs";

/** Sessions at once. */
const CROWD = 32;
/** Pieces in which a session arrives. */
const MOST_PIECES = 64;
/** How often the witness asks, in sessions. */
const ASKED_EVERY = 64;
/** Memory above what was used after the first sessions, in bytes. */
const MOST_GROWTH = 192 * 2 ** 20;
/** Numbers that lengths and places are set to. */
const extremes = [0, 1, 3, 47, 512, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** The same numbers for the same seed, from 0 up to a limit (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const damages = [
  function flipBytes(pdus, random) {
    const one = pdus[random(pdus.length)];
    for (let times = random(4) + 1; times > 0; times--) one[random(Math.min(one.length, 64))] = random(256);
  },
  function setNumber(pdus, random) {
    const one = pdus[random(pdus.length)];
    const place = [4, 16, 20, 24, 28, 36, 40, 44][random(8)];
    one.writeUInt32BE(extremes[random(extremes.length)], place);
  },
  function setLength(pdus, random) {
    pdus[random(pdus.length)].writeUIntBE(extremes[random(extremes.length)] % 2 ** 24, 5, 3);
  },
  function setMoreHeaders(pdus, random) {
    pdus[random(pdus.length)][4] = random(256);
  },
  function setOpcode(pdus, random) {
    pdus[random(pdus.length)][0] = random(256);
  },
  function setCommand(pdus, random) {
    const one = pdus[random(pdus.length)];
    for (let at = 32; at < 48; at++) if (random(3) === 0) one[at] = random(256);
  },
  function repeat(pdus, random) {
    const at = random(pdus.length);
    for (let times = random(40) + 1; times > 0; times--) pdus.splice(at, 0, Buffer.from(pdus[at]));
  },
  function leaveOut(pdus, random) {
    if (pdus.length > 1) pdus.splice(random(pdus.length), 1);
  },
  function exchange(pdus, random) {
    const [one, other] = [random(pdus.length), random(pdus.length)];
    [pdus[one], pdus[other]] = [pdus[other], pdus[one]];
  },
  function cutShort(pdus, random) {
    const at = random(pdus.length);
    pdus[at] = pdus[at].subarray(0, Math.max(48, random(pdus[at].length)));
    if (random(2) === 0) pdus.length = at + 1;
  },
  function addNoise(pdus, random) {
    pdus.splice(random(pdus.length), 0, Buffer.from(Array.from({ length: 48 + random(400) }, () => random(256))));
  },
];

/** A session with one to three damages. */
export function damagedSession(random) {
  const pdus = conversations[random(conversations.length)].map((one) => Buffer.from(one));
  for (let times = random(3) + 1; times > 0; times--) damages[random(damages.length)](pdus, random);
  return pdus;
}

/** Plays one damaged session: in one piece or in many, ended in good or bad manners. */
async function play(port, random) {
  const bytes = Buffer.concat(damagedSession(random));
  const socket = connect(port, "127.0.0.1");
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.on("error", () => {});
  if (random(8) !== 0) socket.resume();
  const pieceBytes = random(4) === 0 ? random(300) + Math.ceil((bytes.length + 1) / MOST_PIECES) : bytes.length;
  for (let at = 0; at < bytes.length && !socket.destroyed; at += pieceBytes) {
    socket.write(bytes.subarray(at, at + pieceBytes));
    if (pieceBytes < bytes.length && random(8) === 0) await wait(0);
  }
  await Promise.race([closed, wait(random(12))]);
  if (random(3) === 0) socket.end();
  await Promise.race([closed, wait(random(4))]);
  socket.destroy();
  await closed;
}

/**
 * @param target - Listens on `port`, with at least `CROWD + 1` connections allowed.
 * @param witness - Resolves when a well-behaved initiator was answered; rejects when it was not.
 * @returns how many sessions were played. @throws when the witness, the memory or the connections tell of a fault.
 */
export async function fuzz({ port, target, witness }, { seed, isOver }) {
  let done = 0;
  let base;
  while (!isOver(done)) {
    const first = seed + done;
    await Promise.all(Array.from({ length: CROWD }, (_, one) => play(port, randomFrom(first + one))));
    done += CROWD;
    if (done % ASKED_EVERY !== 0) continue;
    await witness().catch((cause) => {
      throw new Error(`seed ${seed}: after ${done} sessions the target does not answer`, { cause });
    });
    const used = process.memoryUsage();
    const held = used.heapUsed + used.arrayBuffers;
    if (done <= 8 * ASKED_EVERY) base = Math.max(base ?? 0, held);
    else if (held > base + MOST_GROWTH)
      throw new Error(`seed ${seed}: ${held - base} bytes more after ${done} sessions`);
  }
  for (let patience = 100; target.connections > 1 && patience > 0; patience--) await wait(50);
  if (target.connections > 1) throw new Error(`seed ${seed}: ${target.connections} connections are left`);
  return done;
}
