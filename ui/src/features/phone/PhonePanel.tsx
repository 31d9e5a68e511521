export function PhonePanel() {
  return null;
}
