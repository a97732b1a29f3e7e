/** A mount that the guest tries. */
export interface MountJob {
  /** Path of the image file on this computer. */
  readonly image: string;
  /** Options of `mount -t iso9660`; `ro` is always set. */
  readonly options: readonly string[];
}

/** First program of the guest: brings the devices up, runs the job script from its disk, and switches off. */
export const INIT = `#!/bin/busybox sh
/bin/busybox mkdir -p /dev /proc /sys /mnt
/bin/busybox --install -s /bin
export PATH=/bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
for module in /modules/*.ko; do insmod "$module"; done
dmesg -n 1
for disk in /sys/block/vd*; do ln -s "/dev/\${disk##*/}" "/dev/$(cat "$disk/serial")"; done
tr -d '\\0' < /dev/jobs > /jobs.sh
sh /jobs.sh > /dev/vport0p1
poweroff -f
`;

/**
 * The job script. Its output is a list of sections: a line with the mark, the job's number and the section's name, then
 * the section. Names of files end with NUL; everything else is one line an entry, in the same order.
 */
export function jobScript(jobs: readonly MountJob[], disks: readonly string[], mark: string): string {
  const lines = jobs.map(({ image, options }, number) => {
    return `judge ${number} disk${disks.indexOf(image)} ${quote(["ro", ...options].join(","))}`;
  });
  return `${judge(mark)}\n${lines.join("\n")}\nprintf '\\n%s\\n' '${mark} all done'\n`;
}

const judge = (mark: string): string => `
judge() {
  section() { printf '\\n%s\\n' "${mark} $number $1"; }
  number=$1
  dmesg -c > /dev/null
  section mount
  if mount -t iso9660 -o "$3" /dev/$2 /mnt 2>&1; then
    section options; grep ' /mnt ' /proc/mounts
    cd /mnt
    section paths; find . -print0
    section attributes; find . -print0 | xargs -0 stat -c '%f %s %Y'
    section links; find . -type l -print0 | xargs -0 -r stat -c '%N'
    section sums; find . -type f -print0 | xargs -0 -r sha256sum
    cd /
    umount /mnt
  fi
  section kernel; dmesg -c
}`;

function quote(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
