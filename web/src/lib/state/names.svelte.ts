/** Names of the lines in the site file that is being worked on, for forms that refer to them. */

export const lineNames = $state<{ all: readonly string[] }>({ all: [] });
