import { describe, expect, it } from "vitest";
import * as pdus from "../src/pdu.ts";
import { buildText, parseText } from "../src/text-keys.ts";
import { Initiator } from "./initiator.ts";
import { served } from "./served.ts";

/** Fewer than 8192 bytes; `=NotUnderstood` to each makes it more. */
const manyKeys = Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`X-${"y".repeat(50)}${at}`, "1"]));
const silent = { limits: { logoutTime: 100 } };

describe("a login", () => {
  it.each([
    ["HeaderDigest", "CRC32C,None", "CRC32C"],
    ["HeaderDigest", "None,CRC32C", "None"],
    ["DataDigest", "sha9,CRC32C", "CRC32C"],
    ["DataDigest", "sha9", "Reject"],
    ["MaxConnections", "4", "1"],
    ["InitialR2T", "No", "No"],
    ["InitialR2T", "Yes", "Yes"],
    ["InitialR2T", "perhaps", "Reject"],
    ["ImmediateData", "No", "No"],
    ["ImmediateData", "Yes", "Yes"],
    ["MaxBurstLength", "16776192", "1048576"],
    ["MaxBurstLength", "0x1000", "4096"],
    ["MaxBurstLength", "12", "Reject"],
    ["MaxBurstLength", "-1", "Reject"],
    ["FirstBurstLength", "65536", "65536"],
    ["DefaultTime2Wait", "0", "2"],
    ["DefaultTime2Retain", "20", "0"],
    ["MaxOutstandingR2T", "8", "1"],
    ["DataPDUInOrder", "No", "Yes"],
    ["DataSequenceInOrder", "No", "Yes"],
    ["ErrorRecoveryLevel", "2", "0"],
    ["TaskReporting", "ResponseFence,RFC3720", "RFC3720"],
    ["iSCSIProtocolLevel", "2", "1"],
    ["IFMarker", "Yes", "No"],
    ["OFMarker", "No", "No"],
    ["IFMarkInt", "2048~8192", "Reject"],
    ["OFMarkInt", "2048", "Reject"],
    ["X-org.example.key", "1", "NotUnderstood"],
    ["AuthMethod", "None", undefined],
  ])("%s=%s is answered with %s", async (key, value, reply) => {
    const { port } = await served(silent);
    const initiator = await Initiator.connect(port);
    if (reply === undefined) {
      const { keys } = await initiator.logIn({ [key]: value }, { stage: 0, nextStage: 1 });
      expect(keys["AuthMethod"]).toBe("None");
      return;
    }
    const { status, keys } = await initiator.logIn({ [key]: value });
    expect(status).toBe(0);
    expect(keys[key]).toBe(reply);
  });

  it("is told the portal group and the longest data segment, and gets a handle of its own", async () => {
    const { port } = await served(silent);
    const one = await (await Initiator.connect(port)).logIn();
    const other = await Initiator.connect(port);
    other.isid = Uint8Array.of(0x80, 0, 0, 0, 0, 2);
    const second = await other.logIn();
    expect(one.keys).toMatchObject({ TargetPortalGroupTag: "1", MaxRecvDataSegmentLength: "262144" });
    expect(one.tsih).not.toBe(0);
    expect(second.tsih).not.toBe(one.tsih);
  });

  it.each([
    ["without the initiator's name", { InitiatorName: "" }, {}, 0x0207],
    ["without the target's name", { TargetName: "" }, {}, 0x0207],
    ["to a target that is not there", { TargetName: "iqn.2026-11.test:other" }, {}, 0x0203],
    ["of an unknown kind of session", { SessionType: "Party" }, {}, 0x0209],
    ["into a session that is not there", {}, { tsih: 77 }, 0x020a],
    ["with an unknown stage", {}, { stage: 2, nextStage: 3 }, 0x0200],
    ["backwards", {}, { stage: 1, nextStage: 0 }, 0x0200],
    ["that declares a segment of 5 bytes", { MaxRecvDataSegmentLength: "5" }, {}, 0x0200],
    ["with more keys than fit into the answer", manyKeys, {}, 0x0200],
  ] as const)("%s is refused, and the connection ends", async (_, keys, header, status) => {
    const { port } = await served(silent);
    const initiator = await Initiator.connect(port);
    expect((await initiator.logIn(keys, header)).status).toBe(status);
    await initiator.gone();
  });

  it("takes text in pieces", async () => {
    const { port } = await served(silent);
    const initiator = await Initiator.connect(port);
    const text = buildText([
      ["InitiatorName", "iqn.2026-11.test:initiator"],
      ["TargetName", "iqn.2026-11.local.multisession:drives"],
    ]);
    const fields = { isImmediate: true, stage: 1, nextStage: 3, isid: initiator.isid, tag: 1, cmdSn: 1 };
    initiator.send(pdus.loginRequest.build({ ...fields, continues: true, nextStage: 0 }), text.subarray(0, 30));
    expect(pdus.loginResponse.parse((await initiator.receive()).header)).toMatchObject({ status: 0, transits: false });
    initiator.send(pdus.loginRequest.build({ ...fields, transits: true }), text.subarray(30));
    expect(pdus.loginResponse.parse((await initiator.receive()).header)).toMatchObject({ status: 0, transits: true });
  });

  it("of the same initiator and ISID takes the place of the older session", async () => {
    const { port } = await served(silent);
    const old = await Initiator.login(port);
    const fresh = await Initiator.login(port);
    await old.gone();
    expect(await fresh.execute(Uint8Array.of(0, 0, 0, 0, 0, 0))).toMatchObject({ status: 0 });
  });

  it("that never ends is ended by the target", async () => {
    const { port, target } = await served({ limits: { logoutTime: 100, loginTime: 500 } });
    const initiator = await Initiator.connect(port);
    initiator.raw(Uint8Array.of(0x43, 0x87));
    await initiator.gone();
    await expect.poll(() => target.connections).toBe(0);
  });
});

describe("a discovery session", () => {
  it("lists the target with the address at which it was asked, and does nothing else", async () => {
    const { port } = await served(silent);
    const initiator = await Initiator.login(port, { SessionType: "Discovery", TargetName: "" });
    initiator.send(
      pdus.textRequest.build({ tag: 5, isFinal: true, transferTag: pdus.NO_TAG, cmdSn: initiator.cmdSn++ }),
      buildText([["SendTargets", "All"]]),
    );
    expect(parseText((await initiator.receive()).data)).toEqual([
      ["TargetName", "iqn.2026-11.local.multisession:drives"],
      ["TargetAddress", `127.0.0.1:${port},1`],
    ]);
    initiator.begin(Uint8Array.of(0, 0, 0, 0, 0, 0));
    expect(pdus.anyHeader.parse((await initiator.receive()).header).opcode).toBe(pdus.opcodes.reject);
  });
});
