export default {
  output: "standalone",
  // Without these, a lockfile further up would move server.js into a folder of its own.
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  // What resizes them is a native library of 16 MB.
  images: { unoptimized: true },
};
