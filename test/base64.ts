/**
 * The part of a Base64 text that a secret alone decides, wherever it stands: what two encodings with nothing in common
 * around the secret share.
 */
export const base64Cores = (secret: string): string[] =>
  [0, 1, 2].map((offset) => {
    const [zeros = '', ones = ''] = [0x00, 0xff].map((byte) =>
      Buffer.concat([
        Buffer.alloc(offset, byte),
        Buffer.from(secret),
        Buffer.alloc(3, byte),
      ]).toString('base64'),
    );

    return zeros.replace(/./g, (character, index: number) =>
      character === ones[index] ? character : '',
    );
  });
