import { startSandbox } from '../../sandbox/server.js';
import { accessKey } from '../../sandbox/service/catalogue.js';

import { config } from './fixtures.js';
import { closeAfterwards } from './servers.js';

/** A sandbox that runs until the tests of the file are over. */
export const openSandbox: typeof startSandbox = async (options) => {
  const sandbox = await startSandbox(options);
  closeAfterwards(sandbox.close);

  return sandbox;
};

/** A config that the sandbox takes. */
export const configFor = (endpoint: string) => ({
  ...config,
  accessKeyId: accessKey.id,
  accessKeySecret: accessKey.secret,
  endpoint,
});
