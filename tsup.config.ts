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
    // eslint-disable-next-line @silverhand/fp/no-mutation -- tsup's way to say it: Chinese stays readable.
    options.charset = 'utf8';
  },
});
