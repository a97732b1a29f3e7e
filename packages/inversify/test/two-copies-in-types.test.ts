import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const packages = fileURLToPath(new URL("../../", import.meta.url));
let app: string;

/** Writes the declarations of a package as its tarball has them, without a type check: the exports are annotated. */
function pack(name: string, into: string, version: string): void {
  const source = join(packages, name, "src");
  mkdirSync(join(into, "dist"), { recursive: true });
  for (const file of readdirSync(source)) {
    const { outputText } = ts.transpileDeclaration(readFileSync(join(source, file), "utf8"), {
      fileName: file,
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, stripInternal: true },
    });
    writeFileSync(join(into, "dist", file.replace(/\.ts$/, ".d.ts")), outputText);
  }
  const manifest = { name: `@multisession/${name}`, version, type: "module" };
  const exports = { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } };
  writeFileSync(join(into, "package.json"), JSON.stringify({ ...manifest, exports }));
}

/** Lends an installed package; `from` is the package that depends on it. */
function link(name: string, from: string): void {
  const path = join(app, "node_modules", name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(realpathSync(join(packages, from, "node_modules", name)), path, "dir");
}

function compile(source: string): readonly string[] {
  const file = join(app, "app.ts");
  writeFileSync(file, source);
  const program = ts.createProgram([file], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
    strict: true,
    exactOptionalPropertyTypes: true,
    experimentalDecorators: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

beforeAll(() => {
  app = mkdtempSync(join(realpathSync(tmpdir()), "multisession-two-types-"));
  const modules = join(app, "node_modules");
  for (const name of ["core", "inversify", "tsyringe"]) pack(name, join(modules, "@multisession", name), "0.1.0");
  link("inversify", "inversify");
  link("tsyringe", "tsyringe");
  const theirs = join(modules, "their-mechanism");
  // Of another version: two copies of one version are one package to the compiler.
  pack("core", join(theirs, "node_modules", "@multisession", "core"), "0.1.1");
  writeFileSync(
    join(theirs, "index.d.ts"),
    `import { type MechanismPlugin, Multisession, type Assessment, type SessionOffer } from "@multisession/core";
     export declare class Theirs extends Multisession {
       protected _assess(): Assessment;
       protected _offer(): SessionOffer;
     }
     export declare const theirs: () => MechanismPlugin;`,
  );
  writeFileSync(
    join(theirs, "package.json"),
    JSON.stringify({ name: "their-mechanism", type: "module", types: "./index.d.ts" }),
  );
  writeFileSync(join(app, "package.json"), JSON.stringify({ type: "module" }));
});

afterAll(() => rmSync(app, { recursive: true, force: true }));

const imports = `
  import { createPlugins, type IMultisession, type MechanismContext, Multisession, PLUGIN, PLUGINS, type Plugins } from "@multisession/core";
  import { fromClass as inversifyClass, multisessionModule } from "@multisession/inversify";
  import { fromClass as tsyringeClass, registerMultisession } from "@multisession/tsyringe";
  import { Container, inject } from "inversify";
  import { container as tsyringe, inject as tsyringeInject } from "tsyringe";
  import { Theirs, theirs } from "their-mechanism";
  declare const context: MechanismContext;`;

describe("the types of two copies of core", () => {
  it("fit where contracts meet: a plugin of one goes into the other's registry and containers", () => {
    expect(
      compile(`${imports}
        const plugins: Plugins = createPlugins(theirs());
        const mechanism: IMultisession = new Theirs("theirs", context);
        const inversify = new Container();
        inversify.load(multisessionModule(theirs()));
        inversify.bind(PLUGIN).toConstantValue(theirs());
        const one: Plugins = inversify.get(PLUGINS);
        registerMultisession(tsyringe, theirs());
        const two: Plugins = tsyringe.resolve(PLUGINS);
        class Shelf { constructor(@inject(PLUGINS) readonly plugins: Plugins) {} }
        class Other { constructor(@tsyringeInject(PLUGINS) readonly plugins: Plugins) {} }
        const supports = { media: ["*"], intents: ["first"] } as const;
        inversifyClass(Theirs, { id: "theirs", contract: 1, supports, container: inversify });
        tsyringeClass(Theirs, { id: "theirs", contract: 1, supports, container: tsyringe });
        export { mechanism, one, Other, plugins, Shelf, two };`),
    ).toEqual([]);
  });

  it("are two: the abstract class of one is not that of the other, so it appears in no signature", () => {
    const messages = compile(`${imports}
      export const mechanism: Multisession = new Theirs("theirs", context);
      export { createPlugins, inversifyClass, multisessionModule, PLUGIN, PLUGINS, tsyringeClass, registerMultisession, Container, inject, tsyringe, tsyringeInject, theirs };
      export type { IMultisession, Plugins };`);
    expect(messages.join()).toMatch(/'Theirs'.*'Multisession'/);
  });
});
