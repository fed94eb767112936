/** An object whose content is not yet checked, such as a config. */
export type UnknownObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object with keys. */
export const isObject = (value: unknown): value is UnknownObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a key has no value. `null` is none: Console's details view cannot delete a saved key otherwise. */
export const isMissing = (object: UnknownObject, key: string): boolean =>
  object[key] === undefined || object[key] === null;

/** The ends of names that a key goes by: in lower case, without what stands between words. */
type OtherNames = Readonly<Record<string, RegExp>>;

/** The keys of a config as SDKs, environment variables and Aliyun's own file of an AccessKey call them. */
const configNames: OtherNames = {
  accessKeyId: /(?<!secret)accesskey(?:id)?$/,
  accessKeySecret: /secret(?:key|accesskey)?$/,
  signName: /signname$/,
  signNameOverride: /signnameoverride$/,
  templates: /templates$/,
  codeExpirationMinutes: /codeexpirationminutes$/,
  endpoint: /endpoint$/,
};

/** The keys of an entry of `templates`. */
const entryNames: OtherNames = {
  usageType: /type$/,
  templateCode: /(?:code|id)$/,
};

const findMisnamed = (object: UnknownObject, names: OtherNames): ReadonlyMap<string, string> => {
  const missing = Object.entries(names).filter(([key]) => isMissing(object, key));

  return new Map(
    Object.keys(object).flatMap((name) => {
      const word = name.replaceAll(/[^\dA-Za-z]/g, '').toLowerCase();

      return missing
        .filter(([key, ends]) => key !== name && ends.test(word))
        .map(([key]): [string, string] => [name, key]);
    })
  );
};

/** Finds the names in a config that stand for a missing key, each with that key: `ACCESS_KEY_ID` for `accessKeyId`. */
export const findMisnamedKeys = (config: UnknownObject) => findMisnamed(config, configNames);

/** Does the same for an entry of `templates`. */
export const findMisnamedEntryKeys = (entry: UnknownObject) => findMisnamed(entry, entryNames);

const holdsAccessKey = (value: unknown): boolean =>
  isObject(value) &&
  (!isMissing(value, 'accessKeyId') ||
    [...findMisnamedKeys(value).values()].includes('accessKeyId'));

/** Finds the key in whose value a whole config stands: `config` in `{ "config": { "accessKeyId": … } }`. */
export const findWrapper = (config: UnknownObject) =>
  holdsAccessKey(config)
    ? undefined
    : Object.keys(config).find((key) => holdsAccessKey(config[key]));
