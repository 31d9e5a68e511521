/** A number as people read it. Only North American numbers have one grouping; others stay as they are. */
export function readablePhone(e164: string): string {
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(e164);
  return match ? `+1 ${match[1]} ${match[2]} ${match[3]}` : e164;
}
