/** Keeps what comes in by callbacks, such as the requests of a server, in the order in which it came. */
export const createRecord = <Item>() => {
  const items: Item[] = [];

  return {
    items: items as readonly Item[],
    add: (item: Item): void => {
      // eslint-disable-next-line @silverhand/fp/no-mutating-methods -- That is what it is for.
      items.push(item);
    },
  };
};
