import { startSandbox } from '../../sandbox/server.js';

import { closeAfterwards } from './servers.js';

/** A sandbox that runs until the tests of the file are over. */
export const openSandbox: typeof startSandbox = async (options) => {
  const sandbox = await startSandbox(options);
  closeAfterwards(sandbox.close);

  return sandbox;
};
