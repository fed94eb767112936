import { type Sentence } from '../../src/error.js';

/** Codes of Node.js, or the connector's own, that stand for one thing. */
type Row = Readonly<{ codes: readonly string[] }> & Sentence;

const rows: readonly Row[] = [
  {
    codes: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_…'],
    zh: '域名无法解析：请检查 DNS；通过代理访问时，请检查代理的主机名。',
    en: 'A name does not resolve: check DNS, and the name of the proxy if there is one.',
  },
  {
    codes: ['ECONNREFUSED'],
    zh: '该地址没有程序在监听：请检查代理，或配置中的 `endpoint`。Logto 在容器中时，localhost 和 127.0.0.1 指容器本身。',
    en: 'Nothing listens at the address: check the proxy, or the `endpoint` of the config. In a container, localhost and 127.0.0.1 are the container itself.',
  },
  {
    codes: ['EHOSTUNREACH', 'ENETUNREACH'],
    zh: '服务器没有通往该地址的路由：请检查网络和 IPv6。',
    en: 'The server has no route to the address: check the network, and IPv6.',
  },
  {
    codes: ['ETIMEDOUT'],
    zh: '提示为“短信未发送”时：4.5 秒内未能建立连接，多为防火墙，或代理没有响应 CONNECT。提示为“短信可能已发出”时：请求已发出，但没有收到响应。',
    en: 'With "Nothing was sent": no connection within 4.5 seconds, mostly a firewall, or a proxy that never answers CONNECT. With "The SMS may have been sent": the request went out, and no answer came.',
  },
  {
    codes: ['ECONNRESET', 'EPIPE'],
    zh: '连接被防火墙、代理或对方中断；请求是否已发出，以提示为准。',
    en: 'A firewall, a proxy or the other side cut the connection; the toast says whether the request had gone out.',
  },
  {
    codes: ['ERR_PROXY_TUNNEL'],
    zh: '代理拒绝或中断了 CONNECT。407：代理要求用户名和密码，请写成 http://用户名:密码@主机:端口。403：代理不允许访问该地址。502：代理自己无法连接阿里云。',
    en: 'The proxy refused CONNECT, or cut it. 407: it wants a user name and a password, as in http://user:password@host:port. 403: it does not let this address through. 502: it cannot reach Aliyun itself.',
  },
  {
    codes: ['ERR_SSL_WRONG_VERSION_NUMBER'],
    zh: '对方使用的不是 TLS：多为 `HTTPS_PROXY` 写成了 https://，而代理只接受 http://；或 `endpoint` 的端口有误。',
    en: 'The other side does not speak TLS: mostly `HTTPS_PROXY` begins with https:// and the proxy takes http:// alone; or the port in `endpoint` is wrong.',
  },
  {
    codes: ['ERR_SSL_…', 'EPROTO'],
    zh: 'TLS 握手失败。名称中含 `ALERT` 时，是对方中止的，例如它要求客户端证书。',
    en: 'The TLS handshake failed. With `ALERT` in the name the other side ended it, for want of a client certificate for example.',
  },
  {
    codes: ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    zh: '证书已过期或尚未生效：多为服务器时钟不准。',
    en: 'The certificate has expired, or is not valid yet: mostly the clock of the server.',
  },
  {
    codes: ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'],
    zh: '应答的是另一台主机：请检查 DNS、代理，以及是否需要先登录网络。',
    en: 'Another host answers: check DNS and the proxy, and whether the network wants a sign-in first.',
  },
  {
    codes: [
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    zh: '多为使用自有证书的代理：请用 `NODE_EXTRA_CA_CERTS` 指定其 CA 证书的文件，再重启 Logto。`NODE_TLS_REJECT_UNAUTHORIZED` 不会放宽检查。',
    en: 'Mostly a proxy with a certificate of its own: name the file of its CA in `NODE_EXTRA_CA_CERTS`, and restart Logto. `NODE_TLS_REJECT_UNAUTHORIZED` loosens nothing.',
  },
  {
    codes: ['UNSPECIFIED', 'CERT_…', 'CRL_…', 'INVALID_CA'],
    zh: '证书因其他原因不被接受，例如使用了 SHA-1 签名。',
    en: 'The certificate is refused for another reason, such as a signature with SHA-1.',
  },
  {
    codes: ['HTTP 502', 'HTTP 503', 'HTTP 504'],
    zh: '阿里云前面的网关或代理返回了错误页面，未能转达请求或响应。',
    en: 'A gateway before Aliyun, or a proxy, answered with a page of its own: it could not pass the request on, or not the answer back.',
  },
  {
    codes: ['HTTP …'],
    zh: '应答的不是阿里云，多为代理、防火墙或网络的登录页面；配置了 `endpoint` 时，该地址可能属于其他服务。',
    en: 'Something else than Aliyun answered: mostly a proxy, a firewall or the sign-in page of a network; if `endpoint` is set, the address may be that of another service.',
  },
  {
    codes: ['HPE_…', 'ANSWER_TOO_LARGE', 'PROTOCOL_SWITCHED'],
    zh: '收到的依次为：不是 HTTP；超过 64 KiB；切换到了其他协议。应答的不是阿里云，见上一行。',
    en: 'What came is no HTTP, is longer than 64 KiB, or changed to another protocol: it is not from Aliyun, see the row above.',
  },
  {
    codes: ['TOO_MANY_CALLS'],
    zh: '同一进程中已有 1000 条短信正在发送。',
    en: '1000 messages are under way in this process.',
  },
  {
    codes: ['NO_CODE'],
    zh: 'Node.js 没有给出代码。',
    en: 'Node.js gave no code.',
  },
];

const title: Sentence = { zh: 'Node.js 和代理的代码', en: 'Codes of Node.js and of a proxy' };

const introduction: Sentence = {
  zh: `没有阿里云的响应时，括号里是 Node.js 或连接器的代码。短暂的故障已在 8 秒内重试过。

- 代理：设置 \`HTTPS_PROXY\`（以 http:// 开头）和 \`NODE_USE_ENV_PROXY=1\`（Node.js 22.21、24.5 或更高版本），然后重启 Logto。SOCKS 代理，以及不写 http:// 的地址，都不能使用：Logto 多半无法启动，并输出 \`Invalid URL\`。
- 使用 \`global-agent\` 包时，证书检查和连接复用由它的 agent 决定。
- 不使用代理时，服务器须能访问 dypnsapi.aliyuncs.com 的 443 端口。`,
  en: `Where there is no answer of Aliyun's, the code in brackets is one of Node.js or of the connector. A fault that passes was met with retries for up to 8 seconds.

- A proxy needs \`HTTPS_PROXY\`, which begins with http://, and \`NODE_USE_ENV_PROXY=1\` (Node.js 22.21, 24.5 or later), and a restart of Logto. SOCKS does not work, nor does an address without http://: mostly Logto does not even start, and prints \`Invalid URL\`.
- Beside the package \`global-agent\`, its agent decides about certificates and kept connections.
- Without a proxy, the server must reach port 443 of dypnsapi.aliyuncs.com.`,
};

/** Makes the section of docs/errors.md for the codes that are not Aliyun's. */
export const renderNodeCodes = (): string => {
  const lines = rows.map(
    ({ codes, zh, en }) => `| ${codes.map((code) => `\`${code}\``).join('<br>')} | ${zh}<br>${en} |`
  );

  return [
    `## ${title.zh} · ${title.en}`,
    introduction.zh,
    introduction.en,
    ['| 代码 · Code | 含义 · What it means |', '| --- | --- |', ...lines].join('\n'),
  ].join('\n\n');
};
