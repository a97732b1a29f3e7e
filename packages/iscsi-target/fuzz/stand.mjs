/** A target with a disc file, and a witness: what damaged sessions are tried on. */
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const WITNESS_TIME = 5000;
const NAME = "iqn.2026-11.local.multisession:drives";

/** Asks for an INQUIRY in a session of its own; any status is an answer. */
export async function ask(port) {
  const socket = connect(port, "127.0.0.1");
  socket.setTimeout(WITNESS_TIME, () => socket.destroy(new Error("the target says nothing")));
  try {
    const keys = `InitiatorName=iqn.2026-11.test:witness\0TargetName=${NAME}\0`;
    const login = Buffer.alloc(48 + Math.ceil(keys.length / 4) * 4);
    login.set([0x43, 0x87, 0, 0, 0, 0, 0, keys.length, 0x80, 0, 0, 0, 0, 9]);
    login.writeUInt32BE(1, 24);
    login.write(keys, 48);
    const inquiry = Buffer.alloc(48);
    inquiry.set([0x01, 0xc1]);
    inquiry.writeUInt32BE(36, 20);
    inquiry.writeUInt32BE(1, 24);
    inquiry.set([0x12, 0, 0, 0, 36], 32);
    socket.write(Buffer.concat([login, inquiry]));
    let seen = Buffer.alloc(0);
    for await (const chunk of socket) {
      seen = Buffer.concat([seen, chunk]);
      if (seen.includes("VIRTUAL")) return;
    }
    throw new Error("the target hung up");
  } finally {
    socket.destroy();
  }
}

/** Does something with a target over a disc file, which has to be sound afterwards. */
export async function withStand({ iscsiTarget, driverVirtual }, work) {
  const folder = mkdtempSync(join(tmpdir(), "multisession-iscsi-fuzz-"));
  const file = join(folder, "hostile.disc");
  await driverVirtual.createDisc(file, { medium: "dvd+rw", capacity: 100_000, formatted: true });
  const recorder = await driverVirtual.openDisc(file);
  const strange = [];
  const target = new iscsiTarget.IscsiTarget([recorder], {
    limits: { loginTime: 2000, logoutTime: 200 },
    onFailure: (error) => {
      if (error?.name !== "ProtocolError") strange.push(error);
    },
  });
  const { port } = await target.listen({ port: 0 });
  const result = await work({ port, target, witness: () => ask(port) }).finally(async () => {
    await target.close();
    recorder.close();
  });
  const { isSound, checks } = await driverVirtual.checkDisc(file);
  if (!isSound) throw new Error(`${file} is damaged: ${JSON.stringify(checks)}`);
  if (strange.length > 0) throw new Error("a drive or the target failed", { cause: strange[0] });
  rmSync(folder, { recursive: true, force: true });
  return result;
}
