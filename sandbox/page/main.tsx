import { render } from 'preact';

import { App } from './app.js';
import { langs, language } from './language.js';

document.documentElement.lang = langs[language];
render(<App />, document.body);
