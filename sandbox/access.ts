import { type Context, type MiddlewareHandler } from 'hono';

import { type ApiError } from './contract.js';

const loopback = /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d+){3}|\[::1])$/;

/** Answers that something was not done, and why. */
export const refuse = (
  context: Context,
  status: 400 | 403 | 404 | 413 | 415 | 500,
  error: string
) => context.json<ApiError>({ error }, status);

const isGiven = (name: string, names: readonly string[]): boolean =>
  names.some((given) => (given.startsWith('.') ? name.endsWith(given) : name === given));

/**
 * Refuses requests to a name that is neither of this computer nor given: a page of another site can have a name of its own
 * lead here.
 *
 * @param names Names in lower case; with a point before it, a name stands for all under it.
 */
export const refuseForeignNames =
  (names: readonly string[]): MiddlewareHandler =>
  async (context, next) => {
    const host = context.req.header('host') ?? '';
    const name = host.toLowerCase().replace(/:\d+$/, '');

    // 127.999.999.999 looks like an address, and is none.
    if ((loopback.test(name) || isGiven(name, names)) && URL.canParse(`http://${host}`)) {
      return next();
    }

    return refuse(
      context,
      403,
      `The sandbox does not answer to the name "${name}". If it is to, start it with --allow-host ${name}.`
    );
  };

/**
 * Refuses what a page of another site asks. A browser says from where, over https and on this computer, in
 * `Sec-Fetch-Site`, which no proxy changes; elsewhere in `Origin`.
 *
 * @param names As for {@link refuseForeignNames}.
 */
export const refuseForeignPages =
  (names: readonly string[]): MiddlewareHandler =>
  async (context, next) => {
    const site = context.req.header('sec-fetch-site');
    const origin = context.req.header('origin');

    const isOwnOrigin = (): boolean => {
      if (origin === undefined) {
        return true;
      }

      const url = /^https?:/.test(origin) && URL.canParse(origin) ? new URL(origin) : undefined;

      return (
        url !== undefined &&
        (url.host === context.req.header('host')?.toLowerCase() || isGiven(url.hostname, names))
      );
    };

    const isOwn = site === undefined ? isOwnOrigin() : ['same-origin', 'none'].includes(site);

    return isOwn
      ? next()
      : refuse(
          context,
          403,
          'Only pages of the sandbox itself may ask this. Behind a proxy, start it with --allow-host and the name in the address bar.'
        );
  };
