/** Tells of each test as a line of JSON: `node --test --test-reporter`. */
export async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite") continue;
    const error = data.details?.error;
    const cause = error?.cause ?? error;
    yield `${JSON.stringify({
      name: data.name,
      passed: type === "test:pass",
      skipped: data.skip !== undefined && data.skip !== false,
      milliseconds: Math.round(data.details?.duration_ms ?? 0),
      ...(error && { error: String(cause?.stack ?? cause?.message ?? cause) }),
    })}\n`;
  }
}
// biome-ignore lint/style/noDefaultExport: node takes a reporter only so
export default report;
