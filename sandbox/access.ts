import { type Context, type MiddlewareHandler } from 'hono';

import { type ApiError } from './contract.js';

const loopback = /^(([\w-]+\.)*localhost|127(\.\d+){3}|\[::1])$/;

/** Answers that something was not done, and why. */
export const refuse = (c: Context, status: 400 | 403 | 404 | 413 | 415 | 500, error: string) =>
  c.json<ApiError>({ error }, status);

/**
 * Refuses what a page of another site may have sent: under a name of its own that leads here, or from its own address.
 *
 * @param names The names, in lower case, to which the sandbox answers besides those of this computer.
 */
export const refuseOthers =
  (names: readonly string[]): MiddlewareHandler =>
  async (c, next) => {
    const host = c.req.header('host') ?? '';
    const origin = c.req.header('origin');
    const name = host.toLowerCase().replace(/:\d+$/, '');
    const isKnown = loopback.test(name) || names.includes(name);

    // 127.999.999.999 looks like an address, and is none.
    if (!isKnown || !URL.canParse(`http://${host}`)) {
      return refuse(
        c,
        403,
        `The sandbox does not answer to the name "${name}". If it is to, start it with --allow-host ${name}.`,
      );
    }

    // The page comes over https where something in front of the sandbox speaks it.
    if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== host) {
      return refuse(c, 403, 'Only pages of the sandbox itself may ask this.');
    }

    return next();
  };
