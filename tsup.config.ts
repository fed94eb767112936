import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'node20',
  outDir: 'lib',
  clean: true,
  dts: true,
  removeNodeProtocol: false,
  esbuildOptions: (options) => {
    /* eslint-disable @silverhand/fp/no-mutation -- tsup's way to say it. */
    // Without line breaks and indentation the package has less than 50 kB. Chinese and names stay readable.
    options.charset = 'utf8';
    options.minifyWhitespace = true;
    /* eslint-enable @silverhand/fp/no-mutation */
  },
});
