import {
  type Assessment,
  createPlugins,
  defineMechanism,
  type IMultisession,
  type MechanismContext,
  type MechanismPlugin,
  Multisession,
  native,
  refuse,
  unsupported,
} from "@multisession/core";
import { iso9660 } from "@multisession/iso9660";
import { startStopUnit } from "@multisession/mmc";
import { sequential } from "@multisession/sequential";
import { describe, expect, it } from "vitest";
import { explainDisc, FileSystemImage, openDisc } from "../src/index.ts";
import { allPlugins, insert, media } from "./discs.ts";
import { codeOf, contentsOf } from "./reading.ts";

const plugins = allPlugins();
const [bdR, , dvd] = media;

class Toy extends Multisession {
  readonly #assess: () => Assessment;

  constructor(id: string, context: MechanismContext, assess: () => Assessment) {
    super(id, context);
    this.#assess = assess;
  }

  protected override _assess(): Assessment {
    return this.#assess();
  }

  protected override _offer(): ReturnType<Multisession["_offer"]> {
    return refuse("UNSUPPORTED_INTENT", "A toy records nothing.", "");
  }
}

function toy(id: string, assess: () => Assessment): MechanismPlugin {
  return defineMechanism({
    id,
    contract: 1,
    supports: { media: ["*"], intents: ["first", "append"] },
    create: (context) => new Toy(id, context, assess),
  });
}

describe("multisessionInterfaces", () => {
  async function recordedImage(): Promise<FileSystemImage> {
    const { recorder } = await insert(bdR.disc);
    const image = await FileSystemImage.open(recorder, plugins);
    await image.addBytes("/a", Buffer.from("a"));
    await image.burn(await image.plan(), { verify: false });
    return image;
  }

  const find = (image: FileSystemImage, id: string): IMultisession =>
    image.multisessionInterfaces.find((mechanism) => mechanism.id === id) as IMultisession;
  const failing = (image: FileSystemImage): IMultisession =>
    new Toy("failing", { source: image.mechanism.importRecorder }, () => {
      throw new Error("no idea");
    });

  it.each<[string, string, string, (image: FileSystemImage) => readonly IMultisession[]]>([
    ["no mechanism", "MULTISESSION_NOT_SET", "IMAPI_E_MULTISESSION_NOT_SET", () => []],
    [
      "two in use",
      "MULTISESSION_TWO_IN_USE",
      "IMAPI_E_INVALID_PARAM",
      (image) => {
        for (const mechanism of image.multisessionInterfaces) mechanism.inUse = true;
        return image.multisessionInterfaces;
      },
    ],
    [
      "an object of an unknown type",
      "INCOMPATIBLE_MULTISESSION_TYPE",
      "IMAPI_E_INCOMPATIBLE_MULTISESSION_TYPE",
      (image) => [...image.multisessionInterfaces, { id: "stranger" } as IMultisession],
    ],
    [
      "none that can be used",
      "NO_COMPATIBLE_MULTISESSION_TYPE",
      "IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE",
      (image) => [find(image, "random-write")],
    ],
    [
      "one in use that cannot be used, beside one that could",
      "NO_COMPATIBLE_MULTISESSION_TYPE",
      "IMAPI_E_NO_COMPATIBLE_MULTISESSION_TYPE",
      (image) => {
        find(image, "random-write").inUse = true;
        return image.multisessionInterfaces;
      },
    ],
    [
      "one that fails when it is asked",
      "BAD_MULTISESSION_PARAMETER",
      "IMAPI_E_BAD_MULTISESSION_PARAMETER",
      (image) => [failing(image)],
    ],
  ])("refuses %s with %s and keeps the list", async (_, code, name, offered) => {
    const image = await recordedImage();
    const before = image.multisessionInterfaces;
    const list = offered(image);
    let failure: unknown;
    try {
      image.multisessionInterfaces = list;
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code, imapi: { name } });
    expect(image.multisessionInterfaces).toBe(before);
    expect(image.mechanism.id).toBe("sequential");
  });

  it("negotiates at once, and the mechanism that was set reads the history for the plan", async () => {
    const image = await recordedImage();
    const context = { source: image.mechanism.importRecorder };
    image.multisessionInterfaces = [new Toy("toy", context, () => native("it is a toy"))];
    expect(image.mechanism.id).toBe("toy");
    expect(image.negotiation.verdicts).toMatchObject([{ mechanism: "toy", fileSystem: "iso9660", isChosen: true }]);
    await image.addBytes("/b", Buffer.from("b"));
    expect(await codeOf(() => image.plan())).toBe("UNSUPPORTED_INTENT");
    expect(image.base?.index).toBe(0);
  });

  it("takes one that is marked as in use, and forgets no edit", async () => {
    const image = await recordedImage();
    await image.addBytes("/b", Buffer.from("b"));
    find(image, "sequential").inUse = true;
    image.multisessionInterfaces = image.multisessionInterfaces.toReversed();
    await image.burn(await image.plan());
    expect(await contentsOf(image)).toEqual({ "/a": "a", "/b": "b" });
  });
});

describe("opening an image", () => {
  it("without a disc fails as IMAPI2 does", async () => {
    const { virtual, recorder } = await insert(bdR.disc);
    await recorder.medium();
    virtual.run({ cdb: startStopUnit.build({ loadEject: true }) });
    for (const options of [{}, { session: 1 }, { isNewVolume: true }])
      expect(await codeOf(() => FileSystemImage.open(recorder, plugins, options))).toBe(
        "NO_COMPATIBLE_MULTISESSION_TYPE",
      );
    expect(await explainDisc(recorder, plugins)).toMatchObject({ medium: undefined, verdicts: [] });
  });

  it("of a blank disc with a session to build on fails: there is nothing to import", async () => {
    const { recorder } = await insert(bdR.disc);
    expect(await codeOf(() => FileSystemImage.open(recorder, plugins, { session: 1 }))).toBe("IMPORT_SEEK_FAILURE");
    expect(await codeOf(async () => (await openDisc(recorder, plugins)).volume())).toBe("IMPORT_SEEK_FAILURE");
  });

  it("takes the mechanism that is asked for, and says what there is instead of an unknown one", async () => {
    const { recorder } = await insert(bdR.disc);
    const image = await FileSystemImage.open(recorder, plugins, { mechanism: "sequential" });
    expect(image.multisessionInterfaces.filter(({ inUse }) => inUse).map(({ id }) => id)).toEqual(["sequential"]);
    const open = (options: object): Promise<FileSystemImage> => FileSystemImage.open(recorder, plugins, options);
    expect(await codeOf(() => open({ mechanism: "random-write" }))).toBe("NO_COMPATIBLE_MULTISESSION_TYPE");
    await expect(open({ mechanism: "udf" })).rejects.toMatchObject({
      code: "PLUGIN_NOT_INSTALLED",
      message: expect.stringContaining("bdr-pow, random-write, sequential"),
    });
    expect(await codeOf(() => open({ fileSystems: ["fat"] }))).toBe("PLUGIN_NOT_INSTALLED");
    expect((await open({ fileSystems: ["iso9660"] })).fileSystems.map(({ id }) => id)).toEqual(["iso9660"]);
    expect(await codeOf(async () => (await open({ fileSystems: [] })).plan())).not.toBe("no error");
  });

  it("goes on without a mechanism that cannot be created, unless it is the one that was asked for", async () => {
    const { recorder } = await insert(bdR.disc);
    const broken = defineMechanism({
      id: "broken",
      contract: 1,
      supports: { media: ["*"], intents: ["first"] },
      create: () => {
        throw new Error("its library is missing");
      },
    });
    const some = createPlugins(iso9660(), sequential(), broken);
    const image = await FileSystemImage.open(recorder, some);
    expect(image.negotiation.unavailable).toMatchObject([{ id: "broken", cause: { code: "PLUGIN_FAILED" } }]);
    expect(await codeOf(() => FileSystemImage.open(recorder, some, { mechanism: "broken" }))).toBe("PLUGIN_FAILED");
  });

  it("without any file system says so", async () => {
    const { recorder } = await insert(bdR.disc);
    const code = await codeOf(async () => (await FileSystemImage.open(recorder, createPlugins(sequential()))).plan());
    expect(["NO_OUTPUT", "NO_COMPATIBLE_MULTISESSION_TYPE"]).toContain(code);
  });
});

describe("explaining a disc", () => {
  it("gives every verdict with its reason, and the outcome or the failure", async () => {
    const { recorder } = await insert(dvd.disc);
    const good = await explainDisc(recorder, allPlugins(toy("toy", () => unsupported("it only plays"))));
    expect(good.outcome).toMatchObject({ mechanism: { id: "random-write" } });
    expect(good.verdicts.map(({ mechanism }) => mechanism)).toEqual(["bdr-pow", "random-write", "sequential", "toy"]);
    expect(good.verdicts.find(({ mechanism }) => mechanism === "toy")?.assessment.reason).toBe("it only plays");
    const bad = await explainDisc(recorder, createPlugins(iso9660(), sequential()));
    expect(bad.outcome).toMatchObject({ code: "NO_COMPATIBLE_MULTISESSION_TYPE" });
    expect(bad.verdicts).toMatchObject([{ mechanism: "sequential", isChosen: false }]);
    expect((await explainDisc(recorder, plugins, { purpose: "append" })).outcome).toMatchObject({
      code: "IMPORT_SEEK_FAILURE",
    });
  });
});
