import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// The device serves these files under a strict policy: nothing inline, nothing from elsewhere.
export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: "../src/lintel/device/pages",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
  },
  server: { proxy: { "/api": { target: process.env.LINTEL_DEVICE ?? "", secure: false } } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
