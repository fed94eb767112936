import { readOptions, usage } from './options.js';
import { loadPage } from './page-files.js';
import { startSandbox } from './server.js';
import { describeRequest, describeStart } from './terminal.js';

const print = (text: string, isDelivered: boolean): void => {
  const bell = isDelivered && process.stdout.isTTY ? '\u0007' : '';

  console.log(text + bell);
};

const run = async ({
  port,
  host,
  allowHosts,
  signName,
  fault,
  isUnlimited,
}: ReturnType<typeof readOptions>): Promise<void> => {
  // What is wrong with the page is to be seen at once.
  await loadPage();

  const { config, endpoint } = await startSandbox({
    port,
    host,
    allowHosts,
    ...(signName !== undefined && { signName }),
    faults: { all: fault ?? null, interval: !isUnlimited },
    onRequest: (request) => {
      print(describeRequest(request), request.delivered);
    },
  });

  const isEndpointTaken = /^http:\/\/(?:127\.0\.0\.1|localhost):/.test(endpoint);
  console.log(describeStart({ endpoint, config, isEndpointTaken, signName, fault }));
};

try {
  const options = readOptions(process.argv.slice(2));

  if (options.help) {
    console.log(usage);
  } else {
    await run(options);
  }
} catch (error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  const isUsed = error instanceof Error && 'syscall' in error;

  console.error(
    isUsed ? `The sandbox cannot start: ${message}` : `${message}\n--help lists the options.`,
  );
  process.exitCode = isUsed ? 1 : 2;
}
