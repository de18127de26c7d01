/** Light, dark, or as the system has it. */

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];
const REMEMBERED = "lintel.theme";

export const theme = $state<{ chosen: Theme }>({ chosen: "system" });

export function setTheme(chosen: Theme): void {
  theme.chosen = chosen;
  localStorage.setItem(REMEMBERED, chosen);
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

export function startTheme(): void {
  const before = THEMES.find((name) => name === localStorage.getItem(REMEMBERED));
  setTheme(before ?? "system");
}
