/** Secrets that are known by how their issuer builds them: prefix, alphabet, length. */
import { isFiller } from './redactNames.ts';
import type { Found } from './redact.ts';

/** `form` is what the issuer documents, a little more tolerant in length where lengths have changed over the years. */
interface Format {
  readonly issuer: string;
  readonly prefix: string;
  readonly form: string;
}

const alnum = '[A-Za-z0-9]';
const word = '[A-Za-z0-9_-]';
const hex = '[0-9a-fA-F]';
const uuid = `${hex}{8}-${hex}{4}-${hex}{4}-${hex}{4}-${hex}{12}`;

/** Sources: the issuers' own documentation of their tokens, and what they have registered for secret scanning. */
const formats: readonly Format[] = [
  // Code hosts
  { issuer: 'GitHub token', prefix: 'gh[opusr]_', form: `${alnum}{30,255}` },
  { issuer: 'GitHub token', prefix: 'github_pat_', form: '[A-Za-z0-9_]{30,255}' },
  { issuer: 'GitLab token', prefix: 'gl(?:pat|dt|rt|rtr|ptt|ft|soat|imt|agent|cbt|oas|ffct|wt)-', form: '[A-Za-z0-9_.=-]{16,300}' },
  { issuer: 'GitLab token', prefix: 'GR1348941', form: `${word}{16,40}` },
  { issuer: 'Bitbucket token', prefix: 'ATCTT3xFf|ATBB|BBDC-', form: '[A-Za-z0-9_=+/-]{24,300}' },
  { issuer: 'Atlassian token', prefix: 'ATATT3|ATSTT3|ATOAA3', form: '[A-Za-z0-9_=+/-]{24,300}' },
  // Clouds
  { issuer: 'AWS access key id', prefix: 'A(?:KIA|SIA|BIA|CCA)', form: '[A-Z0-9]{16}(?![A-Za-z0-9])' },
  { issuer: 'AWS API key', prefix: 'ABSK|bedrock-api-key-', form: '[A-Za-z0-9+/=]{40,400}' },
  { issuer: 'Google API key', prefix: 'AIza', form: `${word}{32,40}` },
  { issuer: 'Google access token', prefix: 'ya29\\.', form: '[A-Za-z0-9_.-]{20,1000}' },
  { issuer: 'Google refresh token', prefix: '1//0', form: `${word}{30,200}` },
  { issuer: 'Google client secret', prefix: 'GOCSPX-', form: `${word}{20,40}` },
  { issuer: 'Azure client secret', prefix: '[A-Za-z0-9_~.]{3}[0-9]Q~', form: '[A-Za-z0-9_~.-]{31,40}' },
  { issuer: 'DigitalOcean token', prefix: 'do[opr]_v1_', form: `${hex}{40,80}` },
  { issuer: 'Alibaba access key id', prefix: 'LTAI', form: `${alnum}{16,24}(?![A-Za-z0-9])` },
  { issuer: 'Tencent secret id', prefix: 'AKID', form: `${alnum}{32,40}(?![A-Za-z0-9])` },
  { issuer: 'Yandex token', prefix: 'AQVN|YC(?=[A-Za-z0-9_-]{38}(?![A-Za-z0-9_-]))', form: `${word}{34,60}` },
  { issuer: 'Cloudflare key', prefix: 'v1\\.0-', form: `${hex}{20,30}-${hex}{100,200}` },
  { issuer: 'Heroku key', prefix: 'HRKU-', form: `${word}{30,80}` },
  { issuer: 'Fly.io token', prefix: 'fo1_|fm[12][ar]?_', form: '[A-Za-z0-9_+/=-]{30,2000}' },
  { issuer: 'Vercel token', prefix: 'vc[pikar]_', form: `${word}{20,80}` },
  { issuer: 'Netlify token', prefix: 'nf[pcobu]_', form: `${word}{30,60}` },
  { issuer: 'Render key', prefix: 'rnd_', form: `${alnum}{24,60}` },
  { issuer: 'Supabase key', prefix: 'sbp_(?:v0_)?|sb_secret_', form: `${word}{20,80}` },
  { issuer: 'PlanetScale token', prefix: 'pscale_(?:tkn|pw|oauth)_', form: '[A-Za-z0-9_.=-]{24,80}' },
  { issuer: 'Neon key', prefix: 'napi_', form: `${alnum}{40,80}` },
  { issuer: 'Pulumi token', prefix: 'pul-', form: `${hex}{40}` },
  { issuer: 'Terraform token', prefix: `${alnum}{14}\\.atlasv1\\.`, form: '[A-Za-z0-9_=-]{40,90}' },
  { issuer: 'Vault token', prefix: 'hv[sbr]\\.', form: '[A-Za-z0-9_.-]{20,400}' },
  { issuer: 'Vault token', prefix: '[sb]\\.(?=[A-Za-z0-9]{0,23}[0-9])', form: `${alnum}{24}(?![A-Za-z0-9._])` },
  { issuer: 'Doppler token', prefix: 'dp\\.(?:pt|ct|st|sa|said|scim|audit)\\.', form: '[A-Za-z0-9_.-]{30,100}' },
  { issuer: '1Password token', prefix: 'ops_eyJ', form: '[A-Za-z0-9_+/=-]{40,2000}' },
  { issuer: '1Password secret key', prefix: 'A3-', form: '[A-Z0-9]{6}-[A-Z0-9]{6,11}(?:-[A-Z0-9]{5}){3,4}' },
  { issuer: 'Infisical token', prefix: 'st\\.', form: `${hex}{24}\\.${hex}{24,40}\\.${hex}{24,40}` },
  { issuer: 'Akamai token', prefix: 'akab-', form: `${alnum}{16}-${alnum}{16}` },
  // Packages and images
  { issuer: 'npm token', prefix: 'npm_', form: `${alnum}{34,60}` },
  { issuer: 'PyPI token', prefix: 'pypi-', form: `${word}{50,1000}` },
  { issuer: 'RubyGems key', prefix: 'rubygems_', form: `${hex}{40,60}` },
  { issuer: 'NuGet key', prefix: 'oy2', form: '[a-z0-9]{43}(?![A-Za-z0-9])' },
  { issuer: 'crates token', prefix: 'cio', form: `${alnum}{32}(?![A-Za-z0-9])` },
  { issuer: 'Clojars token', prefix: 'CLOJARS_', form: `${hex}{50,70}` },
  { issuer: 'Docker token', prefix: 'dckr_(?:pat|oat)_', form: `${word}{20,80}` },
  { issuer: 'Artifactory token', prefix: 'AKC[a-zA-Z0-9]|cmVmd', form: `${alnum}{56,90}` },
  // Talk and mail
  { issuer: 'Slack token', prefix: 'xox[abcdeoprs](?:\\.xox[bp])?-|xapp-|xwfp-', form: `${word}{10,400}` },
  { issuer: 'Slack webhook', prefix: 'hooks\\.slack(?:-gov)?\\.com/(?:services|workflows|triggers)/', form: '[A-Za-z0-9+/_-]{30,120}' },
  { issuer: 'Discord webhook', prefix: 'discord(?:app)?\\.com/api/(?:v\\d+/)?webhooks/', form: `\\d{10,25}/${word}{40,90}` },
  { issuer: 'Discord token', prefix: '[MNO](?=[^\\s]{0,80}\\d)[A-Za-z0-9_-]{22,28}\\.', form: `${word}{6,7}\\.${word}{26,45}` },
  { issuer: 'Discord token', prefix: 'mfa\\.', form: `${word}{60,100}` },
  { issuer: 'Telegram token', prefix: '(?:bot)?\\d{6,12}:A[A-Za-z0-9_-]', form: `${word}{30,36}(?![A-Za-z0-9_-])` },
  { issuer: 'Teams webhook', prefix: '[a-z0-9-]{1,40}\\.webhook\\.office\\.com/webhookb2/', form: '[A-Za-z0-9@/-]{60,250}' },
  { issuer: 'SendGrid key', prefix: 'SG\\.', form: '[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{32,64}' },
  { issuer: 'Mailgun key', prefix: '(?<![-_])key-', form: `${hex}{32}(?![A-Za-z0-9])` },
  { issuer: 'Mailgun key', prefix: `(?=${hex}{32}-)${hex}{32}-`, form: `${hex}{8}-${hex}{8}(?![A-Za-z0-9-])` },
  { issuer: 'Mailchimp key', prefix: `(?=${hex}{32}-us)${hex}{32}-us`, form: '\\d{1,2}(?![A-Za-z0-9])' },
  { issuer: 'Brevo key', prefix: 'x(?:keysib|smtpsib)-', form: `${hex}{40,70}-${alnum}{12,20}` },
  { issuer: 'Resend key', prefix: 're_', form: '(?=[A-Za-z]*\\d)[A-Za-z0-9]{6,12}_[A-Za-z0-9]{20,30}(?![A-Za-z0-9_])' },
  { issuer: 'Twilio key', prefix: 'SK', form: `${hex}{32}(?![A-Za-z0-9])` },
  { issuer: 'Intercom token', prefix: 'dG9r', form: '[A-Za-z0-9+/]{52,60}={0,2}' },
  // Payment and shops
  { issuer: 'Stripe key', prefix: '[sr]k_(?:live|test|prod)_', form: `${alnum}{10,250}` },
  { issuer: 'Stripe webhook secret', prefix: 'whsec_', form: '[A-Za-z0-9+/=_-]{24,100}' },
  { issuer: 'Square token', prefix: 'sq0(?:atp|csp|idp)-', form: `${word}{20,50}` },
  { issuer: 'Square token', prefix: 'EAAA', form: `${word}{56,64}(?![A-Za-z0-9_-])` },
  { issuer: 'Facebook token', prefix: 'EAA[A-Z]', form: `${alnum}{60,400}` },
  { issuer: 'Braintree token', prefix: 'access_token\\$(?:production|sandbox)\\$', form: `[0-9a-z]{16}\\$${hex}{32}` },
  { issuer: 'Plaid token', prefix: 'access-(?:sandbox|development|production)-', form: uuid },
  { issuer: 'Shopify token', prefix: 'shp(?:at|ca|pa|ss|tka|ua)_', form: `${hex}{24,64}` },
  { issuer: 'Flutterwave key', prefix: 'FLWSECK(?:_TEST|_LIVE)?-', form: `${alnum}{12,64}(?:-X)?` },
  { issuer: 'Razorpay key', prefix: 'rzp_(?:live|test)_', form: `${alnum}{14,24}` },
  { issuer: 'Shippo token', prefix: 'shippo_(?:live|test)_', form: `${hex}{40}` },
  { issuer: 'EasyPost key', prefix: 'EZ[AT]K', form: `${alnum}{54}` },
  { issuer: 'Duffel token', prefix: 'duffel_(?:test|live)_', form: '[A-Za-z0-9_=-]{40,50}' },
  // Model services
  { issuer: 'Anthropic key', prefix: 'sk-ant-', form: `${word}{20,200}` },
  { issuer: 'OpenAI key', prefix: 'sk-(?:proj|svcacct|admin|None|service)-', form: `${word}{20,300}` },
  { issuer: 'OpenRouter key', prefix: 'sk-or-(?:v\\d-)?', form: `${word}{32,100}` },
  { issuer: 'Langfuse key', prefix: 'sk-lf-', form: uuid },
  { issuer: 'API key', prefix: 'sk[-_](?=[A-Za-z]{0,40}[0-9])', form: `${alnum}{20,200}` },
  { issuer: 'Hugging Face token', prefix: 'hf_|api_org_', form: `${alnum}{30,60}` },
  { issuer: 'Groq key', prefix: 'gsk_', form: `${alnum}{40,80}` },
  { issuer: 'Replicate token', prefix: 'r8_', form: `${alnum}{30,60}` },
  { issuer: 'Perplexity key', prefix: 'pplx-', form: `${alnum}{32,80}` },
  { issuer: 'xAI key', prefix: 'xai-', form: `${alnum}{40,100}` },
  { issuer: 'Together key', prefix: 'tgp_v1_', form: `${word}{30,80}` },
  { issuer: 'Fireworks key', prefix: 'fw_', form: `(?=[A-Za-z]{0,30}[0-9])${alnum}{20,40}(?![A-Za-z0-9_])` },
  { issuer: 'Cerebras key', prefix: 'csk-', form: `${alnum}{32,80}` },
  { issuer: 'NVIDIA key', prefix: 'nvapi-', form: `${word}{40,100}` },
  { issuer: 'LangSmith key', prefix: 'lsv2_(?:pt|sk)_|ls__', form: '[0-9a-f]{32}(?:_[0-9a-f]{10})?' },
  { issuer: 'Voyage key', prefix: '(?<![-_])pa-', form: '(?=[A-Za-z_-]{0,40}[0-9])[A-Za-z0-9_-]{40,60}(?![A-Za-z0-9_-])' },
  { issuer: 'Jina key', prefix: 'jina_', form: `${word}{40,80}` },
  { issuer: 'Tavily key', prefix: 'tvly-', form: `${word}{20,60}` },
  { issuer: 'Pinecone key', prefix: 'pcsk_', form: `${word}{40,100}` },
  { issuer: 'Firecrawl key', prefix: '(?<![-_])fc-', form: `${hex}{32}` },
  // Services of development
  { issuer: 'Databricks token', prefix: 'dapi', form: `${hex}{32}(?:-\\d)?(?![A-Za-z0-9])` },
  { issuer: 'Databricks secret', prefix: 'dose', form: `${hex}{32}(?![A-Za-z0-9])` },
  { issuer: 'Linear key', prefix: 'lin_(?:api|oauth|wh)_', form: `${alnum}{32,80}` },
  { issuer: 'Notion token', prefix: 'ntn_', form: `${alnum}{40,60}` },
  { issuer: 'Notion token', prefix: 'secret_', form: `${alnum}{43}(?![A-Za-z0-9])` },
  { issuer: 'Grafana token', prefix: 'glc_|glsa_|eyJrIjoi', form: '[A-Za-z0-9_+/=-]{32,400}' },
  { issuer: 'New Relic key', prefix: 'NR(?:AK|JS|II|IQ|RA|SP)-', form: `${word}{20,50}` },
  { issuer: 'Sentry token', prefix: 'sntr(?:ys|yu|ya)_', form: '[A-Za-z0-9_+/=-]{40,400}' },
  { issuer: 'PostHog key', prefix: 'ph[xs]_', form: `${alnum}{30,60}` },
  { issuer: 'Airtable token', prefix: 'pat[A-Za-z0-9]{14}\\.', form: `${hex}{64}` },
  { issuer: 'Figma token', prefix: 'fig[dou][rh]?_', form: `${word}{30,60}` },
  { issuer: 'Postman key', prefix: 'PMAK-', form: `${hex}{24}-${hex}{34}` },
  { issuer: 'CircleCI token', prefix: 'CCI(?:PAT|PRJ)_', form: '[A-Za-z0-9]{16,30}_[A-Za-z0-9]{30,60}' },
  { issuer: 'Buildkite token', prefix: 'bk(?:ua|ct|pt|aj)_', form: `${word}{32,80}` },
  { issuer: 'SonarQube token', prefix: 'sq[upa]_', form: `${hex}{40}` },
  { issuer: 'Snyk token', prefix: 'snyk_(?:uat|sat)\\.', form: '[A-Za-z0-9_.-]{20,200}' },
  { issuer: 'Tailscale key', prefix: 'tskey-(?:[a-z]{2,10}-)?', form: `${word}{16,80}` },
  { issuer: 'LaunchDarkly key', prefix: '(?<![-_])(?:sdk|api|mob)-', form: uuid },
  { issuer: 'Contentful token', prefix: 'CFPAT-', form: `${word}{40,60}` },
  { issuer: 'Dynatrace token', prefix: 'dt0[a-z]\\d{2}\\.', form: '[A-Z0-9]{24}\\.[A-Z0-9]{64}' },
  { issuer: 'Prefect key', prefix: 'pn[ubt]_', form: `${alnum}{36}` },
  { issuer: 'ReadMe key', prefix: 'rdme_', form: `${alnum}{60,80}` },
  { issuer: 'Scalingo token', prefix: 'tk-us-', form: `${word}{40,60}` },
  { issuer: 'Typeform token', prefix: 'tfp_', form: '[A-Za-z0-9_.=-]{40,70}' },
  { issuer: 'Adobe secret', prefix: 'p8e-', form: `${alnum}{32}` },
  { issuer: 'Asana token', prefix: '[0-2]/(?=\\d{10,20}[/:])', form: `[\\d/]{10,40}:${hex}{32}` },
  { issuer: 'HubSpot token', prefix: 'pat-(?:na|eu|ap)\\d-', form: uuid },
  { issuer: 'Dropbox token', prefix: '(?<![-_.])sl\\.(?:u\\.)?', form: `${word}{60,2000}` },
  { issuer: 'Mapbox secret token', prefix: '(?<![-_.])sk\\.eyJ', form: '[A-Za-z0-9_-]{30,200}\\.[A-Za-z0-9_-]{16,60}' },
  { issuer: 'Twitter token', prefix: 'AAAAAAAAAAAAAAAAAAAA', form: '[A-Za-z0-9%+/=_-]{40,140}' },
  { issuer: 'Frame.io token', prefix: 'fio-u-', form: `${word}{60,70}` },
  { issuer: 'Lob key', prefix: '(?:live|test)_', form: `${hex}{35}(?![A-Za-z0-9])` },
  { issuer: 'age key', prefix: 'AGE-SECRET-KEY-1', form: '[A-Za-z0-9]{40,80}' },
  { issuer: 'Mattermost or Coder token', prefix: 'coder_|mmpat_', form: `${word}{26,60}` },
  { issuer: 'Weights & Biases key', prefix: 'wandb_v\\d_', form: `${word}{30,120}` },
  { issuer: 'Bitwarden token', prefix: `(?=0\\.${hex}{8}-)0\\.`, form: `${uuid}\\.[A-Za-z0-9]{20,40}:[A-Za-z0-9+/=]{20,40}` },
  // Any issuer
  { issuer: 'JWT', prefix: '(?<![_-])ey[IJ]', form: '[A-Za-z0-9_-]{8,4000}\\.[A-Za-z0-9_-]{8,200000}(?:\\.[A-Za-z0-9_-]{0,200000}){1,3}' },
]; // prettier-ignore

const any = new RegExp(`(?:${formats.map(({ prefix, form }) => `(?:${prefix})${form}`).join('|')})`, 'y');
const single = formats.map(({ issuer, prefix, form }) => ({ issuer, regex: new RegExp(`^(?:${prefix})${form}`) }));
/** What no token holds parts the text; in code and prose few pieces are as long as the shortest token. */
const piece = /(?<![^\s"'`<>(){}[\];,])[^\s"'`<>(){}[\];,]{16,}/g;

export function findFormats(text: string): readonly Found[] {
  const found: Found[] = [];
  for (const { 0: long, index: from } of text.matchAll(piece)) {
    for (let at = 0; at < long.length - 15; at++) {
      if (!isEdge(long, at)) continue;
      any.lastIndex = at;
      const token = any.exec(long)?.[0];
      if (token === undefined || isFiller(token)) continue;
      const what = single.find(({ regex }) => regex.test(token))?.issuer ?? 'token';
      found.push({ start: from + at, end: from + at + token.length, what });
      at += token.length - 1;
    }
  }
  return found;
}

/** A token may begin here: no letter or digit before it, unless that belongs to an escape: `\n`, `%3D`, the end of a colour sequence. */
function isEdge(text: string, at: number): boolean {
  if (at === 0 || !isAlnum(text.charCodeAt(at - 1))) return true;
  const before = text[at - 1] ?? '';
  if (text[at - 2] === '\\') return 'nrt'.includes(before);
  if (text[at - 3] === '%') return /[0-9A-Fa-f]{2}/.test(text.slice(at - 2, at));
  return before === 'm' && at < 9 && /^[0-9;]*m$/.test(text.slice(0, at));
}

function isAlnum(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
