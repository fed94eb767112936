/** What the page consists of, as text. */
export type PageFiles = Readonly<{ html: string; script: string; style: string; logo: string }>;

let page: Promise<PageFiles> | undefined;

/** Builds the page, once. In `sms-sandbox.mjs` the page that was built for it stands in place of this file. */
export const loadPage = async (): Promise<PageFiles> => {
  page ??= import('./bundle.js').then(async ({ bundlePage }) => bundlePage());

  return page;
};
