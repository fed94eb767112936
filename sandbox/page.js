/** The sandbox's page. Whatever came with a request is put in as text, never as HTML. */

const wanted = navigator.languages.find((it) => /^(?:en|zh)\b/i.test(it)) ?? 'en';
const language = /^zh/i.test(wanted) ? 'zh' : 'en';
const locale = language === 'zh' ? 'zh-CN' : 'en';

/** One of two texts, by the browser's language. */
const say = (en, zh) => ({ en, zh })[language];

const find = (id) => document.getElementById(id);

/** Makes `p.soft` or the like. Texts among the children stay text; a list is an element to be made. */
const create = (kind, ...children) => {
  const [tag, className = ''] = kind.split('.');
  const lang = /\p{Script=Han}/u.test(children.filter((it) => typeof it === 'string')) ? 'zh-CN' : 'en';
  const element = Object.assign(document.createElement(tag), { className, lang });
  element.append(...children.map((it) => (Array.isArray(it) ? create(...it) : it)));
  return element;
};

const createButton = (kind, text, name, onClick) => {
  const button = Object.assign(create(`button.${kind}`, text), { ariaLabel: name });
  button.addEventListener('click', () => onClick(button));
  return button;
};

const copyButton = (text, label, name) =>
  createButton('copy', label, name, async (button) => {
    await navigator.clipboard.writeText(text);
    button.textContent = find('news').textContent = say('Copied', '已复制');
    setTimeout(() => (button.textContent = label), 2000);
  });

/** A number as people read it: 138 0013 8000. */
const spaced = (number) => number.replace(/^(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3') || '—';

const timeOf = ({ time }, dateStyle) =>
  new Date(time).toLocaleString(locale, { timeStyle: 'medium', hourCycle: 'h23', dateStyle });

const answerOf = ({ answerCode, status }) => answerCode || (status ? `HTTP ${status}` : say('no answer', '无响应'));

const resultOf = (arrival) => {
  const answer = answerOf(arrival) === 'OK' ? '' : answerOf(arrival);
  const lost = answer ? '' : say('accepted, never delivered', '已受理，不送达');
  const fate = arrival.delivered ? say('delivered', '已送达') : lost;
  return [fate, answer].filter(Boolean).join(say(', ', '，'));
};

const logtoOf = ({ result, error, user, admin }) => {
  const sent = say('No error: the user is asked for the code.', '视为已发送，不报错，提示用户输入验证码。');
  const repeats = say('Nothing yet: the connector tries again.', '暂无，连接器会重试一次。');
  return result === 'error'
    ? [
        ['p.error', error],
        ['h4', say('The user reads', '用户看到')],
        ...[user.en, user.zh].map((text) => ['p', text]),
        ['h4', say('The admin reads', '管理员看到')],
        ...[admin.en, admin.zh].map((text) => ['p', text]),
      ]
    : [['p', result === 'sent' ? sent : repeats]];
};

const detailOf = (arrival) => {
  const { isSignatureRight, isRepeat, status, fault, parameters } = arrival;
  const nothing = say('This request puts nothing on the phone.', '此请求未向手机发送短信。');
  const signature = isSignatureRight ? say('Signature right', '请求签名正确') : say('Signature wrong', '请求签名错误');
  const attempt = isRepeat ? say('repeat of an earlier request', '同一请求的重试') : say('first try', '首次请求');
  const lines = Object.entries(parameters).map(([name, value]) => `${name.padEnd(17)}${value}`);
  const cause = fault ? say(`, by the fault "${fault}"`, `，模拟故障：${fault}`) : '';
  return [
    create('div.phone', ['time', timeOf(arrival, 'long')], ['p.bubble', arrival.text], ['p', arrival.gloss || nothing]),
    create('section', ['h3', say('What Logto shows', 'Logto 的提示')], ...logtoOf(arrival.logto)),
    create(
      'section',
      ['h3', say('What was answered', '响应')],
      ['p', (status ? `HTTP ${status}` : answerOf(arrival)) + cause],
      ['pre', arrival.answer],
    ),
    create(
      'section',
      ['h3', say('What was sent', '请求')],
      [isSignatureRight ? 'p' : 'p.error', `${signature}${say(', ', '，')}${attempt}`],
      ['pre', lines.join('\n')],
    ),
  ];
};

/** What is in the list, and what is read of it. */
const shown = { newest: undefined, chosen: undefined };

const choose = (arrival, item) => {
  shown.chosen = arrival;
  find('detail').replaceChildren(...detailOf(arrival));

  document.querySelectorAll('.row').forEach((row) => (row.ariaCurrent = String(row.parentElement === item)));
};

const itemOf = (arrival) => {
  const { code, to, templateCode, template, logto, delivered } = arrival;
  const tone = logto.result === 'sent' && !delivered ? 'repeats' : logto.result;
  const copy = code && copyButton(code, say('Copy', '复制'), say(`Copy ${code}`, `复制 ${code}`));
  const row = createButton('row', '', null, () => choose(arrival, item));
  const item = create('li', row, copy);
  row.append(
    create('b', code || '—'),
    create('span', spaced(to)),
    create('span', template?.[language] ?? templateCode),
    create(`span.${tone}`, resultOf(arrival)),
    create('time', timeOf(arrival)),
  );
  return item;
};

/** Adds to the list. The newest is chosen, unless an older one is being read. */
const receive = (arrivals) => {
  const isFollowing = shown.chosen === shown.newest;
  const items = arrivals.map(itemOf);

  if (items.length > 0) {
    find('list').prepend(...items.reverse());
    [...find('list').children].slice(1000).forEach((item) => item.remove());
    find('setup').open &&= shown.newest !== undefined;
    shown.newest = arrivals.at(-1);

    if (isFollowing) {
      items[0].firstChild.click();
    }
  }
};

const reset = () => {
  Object.assign(shown, { newest: undefined, chosen: undefined });
  find('list').replaceChildren();
  find('detail').replaceChildren(create('h2', say('Waiting for a message', '等待短信')));
  find('setup').open = true;
  document.title = find('title').textContent;
};

/** Asks the sandbox for a change, which comes back as an event. */
const change = async (method, path, body) => {
  const headers = { 'content-type': 'application/json' };
  const { error = '' } = await fetch(path, { method, headers, body: JSON.stringify(body) })
    .then((response) => (response.ok ? {} : response.json()))
    .catch(() => ({ error: say('The sandbox does not answer.', '沙箱没有响应。') }));
  find('problem').textContent = error;
};

const showFaults = ({ next, all, numbers, interval }) => {
  const faults = [
    [next, say('next message', '下一条短信'), { next: null }],
    [all, say('every message', '每条短信'), { all: null }],
    ...Object.entries(numbers).map(([it, name]) => [name, spaced(it), { numbers: { [it]: null } }]),
  ].filter(([name]) => name);
  const chips = faults.map(([name, scope, nothing]) => {
    const label = say(`Remove: ${name}, ${scope}`, `取消：${scope}，${name}`);
    const remove = createButton('chip', '×', label, () => {
      find('faulty').focus();
      void change('PUT', '/faults', nothing);
    });
    return create('li', `${scope}${say(': ', '：')}${name} `, remove);
  });
  find('faults').replaceChildren(...chips);
  find('interval').checked = interval;
};

/** What stays as it is while the page is open. */
const showFacts = ({ config, faultNames, magicNumbers }) => {
  const copy = copyButton(config, say('Copy the config', '复制配置'), null);
  find('config').append(copy, create('pre', config));
  find('fault').append(...faultNames.map((it) => new Option(`${it.name}${say(': ', '：')}${it[language]}`, it.name)));
  find('magic').append(...magicNumbers.map((it) => create('tr', ['th', spaced(it.number)], ['td', it[language]])));
};

const showConnection = (isLive) => {
  const gone = say('The sandbox has stopped: npm run sandbox', '沙箱已停止：npm run sandbox');
  const [textContent, className] = isLive ? [location.host, 'live'] : [gone, 'error'];
  Object.assign(find('connection'), { textContent, className });
};

document.documentElement.lang = locale;

document.querySelectorAll('[data-zh]').forEach((it) => (it.textContent = say(it.textContent, it.dataset.zh)));

find('clear').addEventListener('click', () => change('DELETE', '/messages'));
find('interval').addEventListener('change', ({ target }) => change('PUT', '/faults', { interval: target.checked }));
find('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { fault, scope, number } = Object.fromEntries(new FormData(event.target));
  const to = number.replace(/\D/g, '').replace(/^(?:00)?86/, '');
  await change('PUT', '/faults', { [scope]: scope === 'numbers' ? { [to]: fault } : fault });
  event.target.hidePopover();
});

const source = new EventSource('/events');
source.addEventListener('open', () => showConnection(true));
source.addEventListener('error', () => showConnection(false));
source.addEventListener('state', ({ data }) => showFacts(JSON.parse(data)), { once: true });
source.addEventListener('state', ({ data }) => {
  const { arrivals, faults } = JSON.parse(data);
  const { id, time } = shown.newest ?? {};
  const known = arrivals.findIndex((it) => it.id === id && it.time === time);

  if (known < 0) {
    reset();
  }

  receive(arrivals.slice(known + 1));
  showFaults(faults);
});
source.addEventListener('arrival', ({ data }) => {
  const arrival = JSON.parse(data);
  receive([arrival]);
  document.title = `${arrival.code} · ${find('title').textContent}`;
  find('news').textContent = `${arrival.code} ${spaced(arrival.to)}: ${resultOf(arrival)}`;
});
