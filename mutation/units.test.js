// In one file, so that what they import is loaded once for each mutant, and not once for each of them.
import.meta.glob(['../src/*.test.ts', '!../src/client.*', '!../src/index.*'], { eager: true });
