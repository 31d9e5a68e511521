import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Routes are split by the lazy imports in `src/app/routes.tsx`; nothing is fetched from anywhere but the bundle.
export default defineConfig({
  plugins: [react(), tailwindcss()],
  clearScreen: false,
  server: { host: "127.0.0.1", strictPort: false },
  build: {
    outDir: "dist",
    target: ["es2023", "safari17"],
    // The web view forbids inline scripts, and data: addresses only for pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // echarts draws through zrender; in one chunk they would be the largest by far.
            { name: "zrender", test: /node_modules[\\/]zrender[\\/]/ },
            // Dozens of icons of 300 bytes each would be dozens of requests.
            { name: "icons", test: /node_modules[\\/]lucide-react[\\/]/ },
          ],
        },
      },
    },
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    css: false,
    restoreMocks: true,
    testTimeout: 120_000,
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
