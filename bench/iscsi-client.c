/*
 * Moves blocks with READ(10) or WRITE(10) over iSCSI, always so many commands under way, and prints the seconds that it took.
 *
 *     iscsi-client URL read|write FIRST-BLOCK BLOCKS-A-COMMAND COMMANDS DEPTH
 *
 * Built by iscsi-client.mjs with libiscsi.
 */
#include <iscsi/iscsi.h>
#include <iscsi/scsi-lowlevel.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BLOCK = 2048 };

struct work {
  struct iscsi_context *iscsi;
  int lun;
  int writes;
  unsigned first, blocks, commands;
  unsigned begun, ended;
  unsigned char *data;
};

static void fail(struct iscsi_context *iscsi, const char *what) {
  fprintf(stderr, "%s: %s\n", what, iscsi_get_error(iscsi));
  exit(1);
}

static void on_end(struct iscsi_context *iscsi, int status, void *answer, void *private);

static void begin(struct work *work) {
  unsigned at = work->first + work->begun * work->blocks;
  unsigned bytes = work->blocks * BLOCK;
  struct scsi_task *task =
      work->writes ? iscsi_write10_task(work->iscsi, work->lun, at, work->data, bytes, BLOCK, 0, 0, 0, 0, 0, on_end, work)
                   : iscsi_read10_task(work->iscsi, work->lun, at, bytes, BLOCK, 0, 0, 0, 0, 0, on_end, work);
  if (task == NULL) fail(work->iscsi, "command");
  work->begun++;
}

static void on_end(struct iscsi_context *iscsi, int status, void *answer, void *private) {
  struct work *work = private;
  struct scsi_task *task = answer;
  if (status != SCSI_STATUS_GOOD) fail(iscsi, "answer");
  if (!work->writes && task->datain.size != (int)(work->blocks * BLOCK)) fail(iscsi, "short read");
  scsi_free_scsi_task(task);
  work->ended++;
  if (work->begun < work->commands) begin(work);
}

/* Commands that came before the first data: unit attentions. */
static void settle(struct iscsi_context *iscsi, int lun) {
  for (int tries = 0; tries < 8; tries++) {
    struct scsi_task *task = iscsi_testunitready_sync(iscsi, lun);
    int status = task == NULL ? -1 : task->status;
    if (task != NULL) scsi_free_scsi_task(task);
    if (status == SCSI_STATUS_GOOD) return;
  }
}

int main(int count, char **words) {
  if (count != 7) return 2;
  struct iscsi_context *iscsi = iscsi_create_context("iqn.2026-11.local.bench:client");
  struct iscsi_url *url = iscsi_parse_full_url(iscsi, words[1]);
  if (url == NULL) fail(iscsi, "address");
  iscsi_set_targetname(iscsi, url->target);
  iscsi_set_session_type(iscsi, ISCSI_SESSION_NORMAL);
  if (iscsi_full_connect_sync(iscsi, url->portal, url->lun) != 0) fail(iscsi, "login");
  settle(iscsi, url->lun);

  struct work work = {.iscsi = iscsi, .lun = url->lun, .writes = strcmp(words[2], "write") == 0};
  work.first = strtoul(words[3], NULL, 10);
  work.blocks = strtoul(words[4], NULL, 10);
  work.commands = strtoul(words[5], NULL, 10);
  unsigned depth = strtoul(words[6], NULL, 10);
  work.data = malloc(work.blocks * BLOCK);
  for (unsigned at = 0; at < work.blocks * BLOCK; at++) work.data[at] = at * 7 + at / BLOCK;

  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  while (work.begun < depth && work.begun < work.commands) begin(&work);
  while (work.ended < work.commands) {
    struct pollfd socket = {.fd = iscsi_get_fd(iscsi), .events = iscsi_which_events(iscsi)};
    if (poll(&socket, 1, -1) < 0 || iscsi_service(iscsi, socket.revents) < 0) fail(iscsi, "connection");
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.6f\n", (end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9);
  iscsi_logout_sync(iscsi);
  iscsi_destroy_url(url);
  iscsi_destroy_context(iscsi);
  return 0;
}
