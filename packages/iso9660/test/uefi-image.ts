/**
 * A FAT12 file system with `EFI/BOOT/BOOTX64.EFI`, as UEFI starts it from a disc: it writes a text to the first serial port,
 * then leaves QEMU by its debug port.
 */
export function uefiImage(text: string): Buffer {
  const program = uefiProgram(text);
  const image = Buffer.alloc(256 * SECTOR);
  putBootSector(image, image.length / SECTOR);
  // Cluster 2: EFI, 3: BOOT, from 4 on the program.
  const last = 4 + program.length / SECTOR - 1;
  const chain = [0xff8, 0xfff, 0xfff, 0xfff];
  for (let cluster = 4; cluster <= last; cluster += 1) chain.push(cluster < last ? cluster + 1 : 0xfff);
  for (const [cluster, next] of chain.entries()) putFatEntry(image, SECTOR, cluster, next);
  const clusterAt = (cluster: number): number => (3 + cluster - 2) * SECTOR;
  putEntry(image, 2 * SECTOR, "EFI", FOLDER, 2, 0);
  for (const [cluster, parent] of [
    [2, 0],
    [3, 2],
  ] as const) {
    putEntry(image, clusterAt(cluster), ".", FOLDER, cluster, 0);
    putEntry(image, clusterAt(cluster) + 32, "..", FOLDER, parent, 0);
  }
  putEntry(image, clusterAt(2) + 64, "BOOT", FOLDER, 3, 0);
  putEntry(image, clusterAt(3) + 64, "BOOTX64 EFI", 0x20, 4, program.length);
  program.copy(image, clusterAt(4));
  return image;
}

const SECTOR = 512;
const FOLDER = 0x10;

/** One sector a cluster, one reserved, one FAT of a sector, a root of a sector. */
function putBootSector(image: Buffer, sectors: number): void {
  image.set([0xeb, 0x3c, 0x90]);
  image.write("MSDOS5.0", 3, "latin1");
  image.writeUInt16LE(SECTOR, 11);
  image[13] = 1;
  image.writeUInt16LE(1, 14);
  image[16] = 1;
  image.writeUInt16LE(16, 17);
  image.writeUInt16LE(sectors, 19);
  image[21] = 0xf8;
  image.writeUInt16LE(1, 22);
  image[38] = 0x29;
  image.write("NO NAME    FAT12   ", 43, "latin1");
  image.writeUInt16LE(0xaa55, 510);
}

/** Twelve bits a cluster. */
function putFatEntry(image: Buffer, fat: number, cluster: number, next: number): void {
  const at = fat + cluster + (cluster >> 1);
  const both = image.readUInt16LE(at);
  image.writeUInt16LE(cluster % 2 === 0 ? (both & 0xf000) | next : (both & 0x000f) | (next << 4), at);
}

function putEntry(image: Buffer, at: number, name: string, attributes: number, cluster: number, bytes: number): void {
  image.write(name.padEnd(11), at, "latin1");
  image[at + 11] = attributes;
  image.writeUInt16LE(cluster, at + 26);
  image.writeUInt32LE(bytes, at + 28);
}

/** A PE32+ file for x86-64 with one section: headers in the first 512 bytes, code in the next. */
function uefiProgram(text: string): Buffer {
  const file = Buffer.alloc(2 * SECTOR);
  file.write("MZ", 0, "latin1");
  file.writeUInt32LE(0x40, 0x3c);
  file.write("PE\0\0", 0x40, "latin1");
  file.writeUInt16LE(0x8664, 0x44);
  file.writeUInt16LE(1, 0x46);
  file.writeUInt16LE(240, 0x54);
  file.writeUInt16LE(0x22, 0x56);
  const optional = 0x58;
  file.writeUInt16LE(0x20b, optional);
  file.writeUInt32LE(SECTOR, optional + 4);
  // Entry point, start of code; alignments in memory and in the file; sizes of image and headers; an EFI application.
  for (const [at, value] of [
    [16, SECTOR],
    [20, SECTOR],
    [32, SECTOR],
    [36, SECTOR],
    [56, 2 * SECTOR],
    [60, SECTOR],
    [68, 10],
    [108, 16],
  ] as const)
    file.writeUInt32LE(value, optional + at);
  const section = optional + 240;
  file.write(".text", section, "latin1");
  for (const at of [8, 12, 16, 20]) file.writeUInt32LE(SECTOR, section + at);
  file.writeUInt32LE(0x6000_0020, section + 36);
  // call next; next: pop rsi; add rsi, 27 (the text); mov dx, 3F8h; again: lodsb; test al, al; jz done; out dx, al;
  // jmp again; done: mov al, 10h; mov dx, 0F4h; out dx, al; stop: hlt; jmp stop.
  file.set(Buffer.from("e8000000005e4883c61b66baf803ac84c07403eeebf8b01066baf400eef4ebfd", "hex"), SECTOR);
  file.write(`${text}\0`, SECTOR + 32, "latin1");
  return file;
}
