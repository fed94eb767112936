import { loadPage } from './bundle.js';
import { readOptions, usage } from './options.js';
import { startSandbox } from './server.js';
import { describeRequest, describeStart } from './terminal.js';

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
      const bell = request.delivered && process.stdout.isTTY ? '\u0007' : '';
      console.log(describeRequest(request) + bell);
    },
  });

  console.log(describeStart({ endpoint, config, signName, fault }));
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
    isUsed
      ? `The sandbox cannot start: ${message}\nIs another one running? --port takes another port.`
      : `${message}\n--help lists the options.`
  );
  // eslint-disable-next-line @silverhand/fp/no-mutation -- Node.js ends with it.
  process.exitCode = isUsed ? 1 : 2;
}
