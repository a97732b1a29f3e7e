import { createHash } from "node:crypto";
import { access, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../program.ts";

/** A kernel that is ready to be booted. */
export interface Kernel {
  /** Name of the Debian package. */
  readonly name: string;
  /** Path of the kernel. */
  readonly image: string;
  /** Paths of its modules, unpacked, each behind those that it needs. What is built in has none. */
  readonly modules: readonly string[];
}

/** Programs that {@link kernel} needs. */
export const kernelPrograms: readonly string[] = ["apt-cache", "apt-get", "dpkg-deb", "xz"];

/**
 * What guests need: virtio disks, an answer through a virtio port, ISO 9660 and UDF, and optical drives of a virtio host
 * adapter.
 */
const WANTED = [
  "virtio_pci",
  "virtio_blk",
  "virtio_console",
  "nls_utf8",
  "isofs",
  "udf",
  "virtio_scsi",
  "sr_mod",
  "sg",
];

/** A kernel that was unpacked for other modules is of no use. */
const SELECTION = createHash("sha256").update(WANTED.join()).digest("hex").slice(0, 8);

const CACHE = fileURLToPath(new URL(`../../../node_modules/.cache/acceptance/kernels-${SELECTION}/`, import.meta.url));

/**
 * The kernel of a Debian package, from this project's cache or fetched once with apt; nothing is installed.
 * Without a name: the newest cloud kernel that apt knows, or the newest in the cache when apt cannot fetch it.
 */
export async function kernel(name?: string): Promise<Kernel> {
  const wanted = name ?? (await newestKernel());
  const folder = join(CACHE, wanted);
  if (!(await exists(folder))) {
    try {
      await fetchKernel(wanted, folder);
    } catch (cause) {
      const cached = name === undefined ? (await cachedKernels()).at(-1) : undefined;
      if (cached === undefined) {
        throw new Error(`The package ${wanted} cannot be fetched; "apt-get update" may help.`, { cause });
      }
      return openKernel(cached);
    }
  }
  return openKernel(wanted);
}

/** Whether a kernel is in the cache or known to apt. Packages leave Debian's archive when newer ones come. */
export async function isKernelKnown(name: string): Promise<boolean> {
  if (await exists(join(CACHE, name))) return true;
  return run("apt-cache", ["show", name]).then(
    ({ stdout }) => stdout.length > 0,
    () => false,
  );
}

async function openKernel(name: string): Promise<Kernel> {
  const folder = join(CACHE, name);
  const modules = (await readdir(join(folder, "modules"))).sort();
  return { name, image: join(folder, "vmlinuz"), modules: modules.map((file) => join(folder, "modules", file)) };
}

async function newestKernel(): Promise<string> {
  const { stdout } = await run("apt-cache", ["pkgnames", "linux-image-"]);
  const newest =
    stdout.toString().split("\n").filter(isCloudKernel).sort(byVersion).at(-1) ?? (await cachedKernels()).at(-1);
  if (newest === undefined)
    throw new Error('apt knows no package linux-image-*-cloud-amd64; "apt-get update" may help.');
  return newest;
}

async function cachedKernels(): Promise<string[]> {
  const names = await readdir(CACHE).catch(() => []);
  return names.filter(isCloudKernel).sort(byVersion);
}

function isCloudKernel(name: string): boolean {
  return /^linux-image-\d+\.\d+\.\d+\S*-cloud-amd64$/.test(name);
}

function byVersion(left: string, right: string): number {
  return left.localeCompare(right, "en", { numeric: true });
}

async function fetchKernel(name: string, folder: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, "fetch-"));
  try {
    await run("apt-get", ["download", name], { cwd: work, milliseconds: 300_000 });
    const [archive = ""] = await readdir(work);
    await run("dpkg-deb", ["-x", archive, "unpacked"], { cwd: work, milliseconds: 120_000 });
    await mkdir(join(work, "kernel", "modules"), { recursive: true });
    await copyFile(await onlyFile(join(work, "unpacked", "boot"), /^vmlinuz-/), join(work, "kernel", "vmlinuz"));
    await unpackModules(join(work, "unpacked"), join(work, "kernel", "modules"));
    await rename(join(work, "kernel"), folder).catch(async (error) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function onlyFile(folder: string, name: RegExp): Promise<string> {
  const found = (await readdir(folder)).find((file) => name.test(file));
  if (found === undefined) throw new Error(`${folder} holds no ${name}.`);
  return join(folder, found);
}

/** Numbers the modules in the order in which they must be loaded. */
async function unpackModules(unpacked: string, out: string): Promise<void> {
  const files = (await readdir(unpacked, { recursive: true })).filter((file) => /\.ko(\.xz)?$/.test(file));
  const byName = new Map(files.map((file) => [basename(file).replace(/\.ko(\.xz)?$/, ""), join(unpacked, file)]));
  const order: string[] = [];
  const visit = async (name: string): Promise<void> => {
    const file = byName.get(name);
    if (file === undefined || order.includes(name)) return;
    const code = file.endsWith(".xz") ? (await run("xz", ["-dc", file])).stdout : await readFile(file);
    for (const needed of dependencies(code)) await visit(needed);
    await writeFile(join(out, `${String(order.push(name)).padStart(2, "0")}-${name}.ko`), code);
  };
  for (const name of WANTED) await visit(name);
}

/** Names of the modules that a module needs, from its `.modinfo` section. */
function dependencies(code: Buffer): string[] {
  const [, list = ""] = /\0depends=([^\0]*)\0/.exec(code.toString("latin1")) ?? [];
  return list.split(",").filter(Boolean);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
