export function DiagnosticsSection() {
  return null;
}
