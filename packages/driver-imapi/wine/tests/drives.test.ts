import assert from "node:assert/strict";
import { test } from "node:test";
import { type DeviceChange, type ImapiRecorder, imapi, watchDevices } from "../../src/index.ts";
import { drive, driveReport, errorOf, hostProgram, machine, until } from "./support.ts";

const driver = imapi({ client: "Burner 1.0", hostProgram }).create();
const open = (name = "imapi:D:") => driver.open(name) as Promise<ImapiRecorder>;
const [TEST_UNIT_READY, READ, WRITE] = [0x00, 0x28, 0x2a];

test("each drive is listed by its letter with its identity, and one without letters by its identifier", async () => {
  await machine({
    order: "set",
    drives: [
      { id: "\\\\?\\cdrom#first", paths: ["D:\\", "C:\\mnt\\Disc Ä中\\"], disc: "list.disc" },
      { id: "\\\\?\\cdrom#second" },
    ],
  });
  const [first, second, ...others] = await driver.list();
  assert.equal(first?.uri, "imapi:D:");
  assert.match(first?.text ?? "", /^D: C:\\mnt\\Disc Ä中 VIRTUAL DISC RECORDER 1\.00$/);
  assert.equal(second?.uri, "imapi:\\\\?\\cdrom#second");
  assert.deepEqual(others, []);
  await using recorder = await open("imapi:C:\\mnt\\disc Ä中");
  assert.equal(recorder.uri, "imapi:D:");
});

test("drives that are plugged in and out are told of", async () => {
  await machine({ order: "set", drives: [] });
  const changes: DeviceChange[] = [];
  const watch = await watchDevices((change) => changes.push(change), { hostProgram });
  await machine({ order: "plug", drive: { id: "guest", paths: ["G:\\"], disc: "guest.disc" } });
  await until(() => changes.length === 1);
  await machine({ order: "unplug", id: "guest" });
  await until(() => changes.length === 2);
  assert.deepEqual(
    changes.map(({ change, id, device }) => [change, id, device.uri]),
    [
      ["added", "guest", "imapi:G:"],
      ["removed", "guest", "imapi:guest"],
    ],
  );
  await watch[Symbol.asyncDispose]();
  await until(async () => (await machine({ order: "report" })).connections === 0);
});

test("a drive is shared until its disc is changed, and given back when the recorder is closed", async () => {
  await drive({ disc: "access.disc" });
  const recorder = await open();
  await recorder.medium();
  assert.equal((await driveReport()).holder, undefined);
  await recorder.write(0, new Uint8Array(32 * 2048));
  await recorder.flush();
  assert.deepEqual((({ holder, silences }) => ({ holder, silences }))(await driveReport()), {
    holder: "Burner 1.0",
    silences: 1,
  });
  await recorder.close();
  await until(async () => (await machine({ order: "report" })).connections === 0);
  const { holder, silences, held } = await driveReport();
  assert.deepEqual({ holder, silences, held }, { holder: undefined, silences: 0, held: ["Burner 1.0"] });
});

test("a drive that another program holds is busy, and the error names the program", async () => {
  await drive({ disc: "busy.disc", owner: "Other Burner 7" });
  await using recorder = await open();
  const error = await errorOf(recorder.write(0, new Uint8Array(32 * 2048)));
  assert.equal(error.code, "BUSY");
  assert.equal(error.message, "imapi:D: is held by the program “Other Burner 7”. (E_ACCESSDENIED)");
});

test("a drive that another process of ours holds is busy, and free when that process has ended", async () => {
  await drive({ disc: "two.disc" });
  const first = await open();
  await first.write(0, new Uint8Array(32 * 2048));
  const second = await imapi({ client: "Second", hostProgram }).create().open("imapi:D:");
  const error = await errorOf(second.medium());
  assert.equal(error.code, "BUSY");
  assert.match(error.message, /“Burner 1.0”/);
  await first.close();
  assert.equal((await second.medium()).kind, "bd-r");
  await second.close();
});

test("an empty drive opens, and its disc is missing; with a disc it is there", async () => {
  await drive();
  const empty = await open();
  assert.equal((await errorOf(empty.medium())).code, "NO_MEDIUM");
  await empty.load();
  assert.equal((await empty.medium()).status, "blank");
  await empty.eject();
  assert.equal((await errorOf(empty.medium({ refresh: true }))).code, "NO_MEDIUM");
  await empty.close();
});

test("a failure of a command is an error with IMAPI2's name, and one that nobody knows with its number", async () => {
  const failures = [
    { opcode: WRITE, nth: 1, hresult: 0xc0aa0209 },
    { opcode: WRITE, nth: 2, hresult: 0xc0aa020d },
    { opcode: WRITE, nth: 3, hresult: 0x8badf00d },
  ];
  await drive({ disc: "failures.disc", failures });
  await using recorder = await open();
  const data = new Uint8Array(32 * 2048);
  const errors = [];
  for (const _ of failures) errors.push(await errorOf(recorder.write(0, data)));
  assert.deepEqual(
    errors.map(({ code, imapi: found }) => [code, found?.name]),
    [
      ["WRITE_PROTECTED", "E_IMAPI_RECORDER_MEDIA_WRITE_PROTECTED"],
      [errors[1]?.code, "E_IMAPI_RECORDER_COMMAND_TIMEOUT"],
      ["COMMAND_FAILED", undefined],
    ],
  );
  assert.match(errors[2]?.message ?? "", /0x8BADF00D/);
  assert.equal((await driveReport()).commands[String(WRITE)], 3);
});

test("sense data of a refused command is decoded", async () => {
  const sense = { key: 7, asc: 0x27, ascq: 0 };
  await drive({ disc: "sense.disc", faults: [{ fault: "sense", opcode: WRITE, sense }] });
  await using recorder = await open();
  const { capacity } = await recorder.medium();
  const read = await errorOf(recorder.read(capacity, 1));
  assert.deepEqual([read.code, read.sense], ["READ_FAILED", { key: 5, asc: 0x21, ascq: 0, at: capacity }]);
  const write = await errorOf(recorder.write(0, new Uint8Array(32 * 2048)));
  assert.equal(write.code, "WRITE_PROTECTED");
  assert.deepEqual(write.sense, sense);
});

test("buffers are aligned as the drive asks; its largest transfer is used for reading, and 64 KiB for writing", async () => {
  await drive({ disc: "aligned.disc", traits: { alignmentMask: 511, transferBytes: 131_072 } });
  await using recorder = await open();
  const data = Uint8Array.from({ length: 128 * 2048 }, (_, at) => (at >> 11) & 0xff);
  await recorder.write(0, data);
  await recorder.flush();
  assert.equal(Buffer.compare(Buffer.from(await recorder.read(0, 128)), data), 0);
  const { commands } = await driveReport();
  assert.deepEqual([commands[String(WRITE)], commands[String(READ)]], [4, 2]);
});

test("a drive whose buffer is full in the middle of linked commands gets each of them once", async () => {
  const sense = { key: 2, asc: 0x04, ascq: 0x08 };
  await drive({ disc: "full.disc", faults: [{ fault: "sense", opcode: WRITE, after: 5, sense, times: 3 }] });
  await using recorder = await open();
  const data = Uint8Array.from({ length: 512 * 2048 }, (_, at) => (at >> 11) & 0xff);
  const accepted: number[] = [];
  await recorder.write(0, data, { onAccepted: (blocks) => accepted.push(blocks) });
  await recorder.flush();
  assert.deepEqual(accepted, Array(16).fill(32));
  assert.equal(Buffer.compare(Buffer.from(await recorder.read(0, 512)), data), 0);
  assert.equal((await driveReport()).commands[String(WRITE)], 19);
});

test("a slow write is stopped soon, and what was accepted by then is told", async () => {
  await drive({ disc: "slow.disc", writeMilliseconds: 40 });
  await using recorder = await open();
  const controller = new AbortController();
  let accepted = 0;
  const onAccepted = (blocks: number): void => {
    accepted += blocks;
    controller.abort();
  };
  const options = { signal: controller.signal, onAccepted };
  const error = await errorOf(recorder.write(0, new Uint8Array(512 * 2048), options));
  assert.equal(error.code, "CANCELLED");
  assert.ok(accepted <= 96, `${accepted} blocks were accepted`);
  assert.equal((await driveReport()).commands[String(WRITE)], accepted / 32);
});

test("a drive that is pulled out in mid-write is lost, and the recorder closes all the same", async () => {
  await drive({ disc: "lost.disc", faults: [{ fault: "power-cut", after: "block", count: 40 }] });
  const recorder = await open();
  await recorder.write(0, new Uint8Array(32 * 2048));
  const error = await errorOf(recorder.write(32, new Uint8Array(32 * 2048)));
  assert.equal(error.code, "RECORDER_LOST");
  assert.equal(error.imapi?.name, "ERROR_DEV_NOT_EXIST");
  await recorder.close();
  assert.ok(((await driveReport()).commands[String(TEST_UNIT_READY)] ?? 0) > 0);
});

test("a drive that nobody has is not found", async () => {
  await drive({ disc: "missing.disc" });
  assert.equal((await errorOf(open("imapi:Q:"))).code, "DEVICE_NOT_FOUND");
});
