/** Keeps what comes in by callbacks, such as the requests of a server, in the order in which it came. */
export const createRecord = <Item>() => {
  const items: Item[] = [];
  const soFar: readonly Item[] = items;

  return {
    items: soFar,
    add: (item: Item): void => {
      // eslint-disable-next-line @silverhand/fp/no-mutating-methods -- That is what it is for.
      items.push(item);
    },
  };
};
