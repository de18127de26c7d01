/** The device's time zone; the browser's until the device has said. */

export const clock = $state({ zone: Intl.DateTimeFormat().resolvedOptions().timeZone });

export function setZone(zone: string | null | undefined): void {
  if (zone) clock.zone = zone;
}
