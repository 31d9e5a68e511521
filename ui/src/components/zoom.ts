/** The sizes on offer, in percent. */
export const ZOOMS: readonly number[] = [80, 90, 100, 110, 125, 150, 175, 200, 250];

/** The size on offer that is nearest to a percentage. */
export function nearestZoom(percent: number): number {
  return ZOOMS.reduce((best, one) => (Math.abs(one - percent) < Math.abs(best - percent) ? one : best));
}

/** The next size in a direction; the last one stays. */
export function nextZoom(percent: number, step: -1 | 0 | 1): number {
  if (step === 0) return 100;
  const at = ZOOMS.indexOf(nearestZoom(percent));
  return ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, at + step))] ?? 100;
}
