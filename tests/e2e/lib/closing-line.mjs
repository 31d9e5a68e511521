// A reporter for node's test runner that says nothing but the closing line: "N passed, N failed".
export default async function* closingLine(source) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for await (const { type, data } of source) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    // Suites hold tests and are none themselves.
    if (data.details?.type === "suite") continue;
    if (data.skip !== undefined) skipped += 1;
    else if (type === "test:pass") passed += 1;
    else failed += 1;
  }
  yield `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`;
}
