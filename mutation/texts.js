/** Passes over the texts for people: what is in the keys `zh` and `en`. Their tests look at what must be in them. */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'texts',
    value: {
      shouldIgnore: ({ node, parent }) => {
        const isText = node.type === 'StringLiteral' || node.type === 'TemplateLiteral';
        const isOfSentence =
          parent?.type === 'ObjectProperty' && /^(?:zh|en)$/.test(parent.key.name);

        return isText && isOfSentence ? 'A text.' : undefined;
      },
    },
  },
];
