/** Where a write stands (`IMAPI_FORMAT2_DATA_WRITE_ACTION`). */
export const writeActions = {
  validating: 0,
  formatting: 1,
  initializing: 2,
  calibrating: 3,
  writing: 4,
  finalizing: 5,
  completed: 6,
  verifying: 7,
} as const;
