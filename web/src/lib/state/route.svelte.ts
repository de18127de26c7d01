/** Which page is shown: the part of the address after `#/`. */

export const PAGES = ["live", "setup", "analytics", "validation", "privacy", "system"] as const;
export type Page = (typeof PAGES)[number];

export const route = $state<{ page: Page; rest: string }>({ page: "live", rest: "" });

/** Read page and the rest of a hash such as `#/setup/lines`; Live when it names no page. */
export function parse(hash: string): { page: Page; rest: string } {
  const [first = "", ...rest] = hash.replace(/^#\/?/, "").split("/");
  const page = PAGES.find((name) => name === first) ?? "live";
  return { page, rest: rest.join("/") };
}

export function startRouting(): void {
  const follow = () => Object.assign(route, parse(location.hash));
  follow();
  addEventListener("hashchange", follow);
}

export function goTo(page: Page, rest = ""): void {
  location.hash = rest ? `#/${page}/${rest}` : `#/${page}`;
}
