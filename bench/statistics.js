/** The value below which so much of the values lies; between two of them in proportion. */
const quantile = (values, share) => {
  const sorted = values.toSorted((left, right) => left - right);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)];
  const high = sorted[Math.ceil(place)];

  return low + (high - low) * (place % 1);
};

export const median = (values) => quantile(values, 0.5);

/** The median and the two quartiles. */
export const summarize = (values) => ({
  median: median(values),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
});
