import { options, render } from 'preact';

import { App } from './app.js';
import { langs, language } from './language.js';

/**
 * How long changes are collected before they are shown, in milliseconds, so that hundreds of messages a second can be. An
 * animation frame would not come in a tab behind others, whose title is to show the code.
 */
const renderDelay = 20;

options.debounceRendering = (showAll) => {
  setTimeout(showAll, renderDelay);
};

document.documentElement.lang = langs[language];
render(<App />, document.body);
