/** Is what stands beside a secret's name a secret, or a placeholder, a reference, a type, code? */
import { isFiller, isHashOrId, isProse, isRandom, isReference, isWordy, type SecretKind } from './redactNames.ts';

/**
 * How sure the place makes it. `literal`: in quotes, or after `NAME=`. `line`: all that a line says of a name. `near`: somewhere after it,
 * where code stands as well.
 */
export type Place = 'literal' | 'line' | 'near';

export function isSecretValue(value: string, kind: SecretKind, place: Place): boolean {
  if (isNone(value, kind)) return false;
  if (kind === 'authorization' || kind === 'cookie') return isRandom(value, 12) || isBasic(value);
  if (place === 'literal') return value.length >= (kind === 'password' ? 4 : 6) && !isWords(value, kind);
  if (value.length < 6 || isCode(value)) return false;
  return place === 'line' ? isOnItsLine(value, kind) : isNearby(value, kind);
}

/** `user:password` in base64. */
export function isBasic(value: string): boolean {
  if (!/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(value)) return false;
  return /^[\x20-\x7e]+:[\x20-\x7e]+$/.test(Buffer.from(value, 'base64').toString('latin1'));
}

function isNone(value: string, kind: SecretKind): boolean {
  if (kind !== 'password' && /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value) && isWordy(value)) return true; // the name of a variable
  if (value === '' || isMarker(value) || isFiller(value) || isReference(value)) return true;
  if (
    /^-?\d{1,5}(?:\.\d+)?$|^\d[\d.]*(?:ms|s|m|h|d|days?|min|kb|mb)?$/i.test(value) &&
    (kind !== 'password' || value.length < 4)
  )
    return true;
  if (/^[a-z][a-z0-9+.-]{1,20}:\/\/[^@\s]*$/i.test(value)) return true; // an address; a password in it is found by itself
  if (
    /^(?:\.{0,2}\/|~\/|[A-Za-z]:\\)[\w.@~/\\ -]*$/.test(value) &&
    ((kind !== 'token' && kind !== 'secret') || !isRandom(value.replaceAll('/', ''), 32))
  )
    return true;
  if (
    /^[\w./@-]+\.(?:pem|key|crt|cer|json|ya?ml|txt|p12|pfx|jks|env|toml|ini|cfg|conf|[cm]?[jt]sx?|py|rb|go|rs|java|md|html?|css|png|svg)$/i.test(
      value,
    )
  )
    return true;
  return /^SHA256:|^(?:sha\d{3}|md5)-/.test(value);
}

/** Words of a language, as labels and messages have them. */
function isWords(value: string, kind: SecretKind): boolean {
  if (isProse(value)) return true;
  if (/\$\{|#\{|\{\{|\{[\w.[\]'"]*\}|%[sdv]\b|%\(\w+\)/.test(value)) {
    const rest = value.replace(/(?:\$\{|#\{|\{\{?)[^{}]*\}{1,2}|%[sdv]\b|%\(\w+\)s?/g, ' ');
    return (
      rest.trim().length < 8 ||
      rest
        .trim()
        .split(/\s+/)
        .every((one) => isFiller(one) || !/\d/.test(one))
    );
  }
  // Names in quotes: what a field, a header or a setting is called.
  return (
    kind !== 'password' && /^[A-Za-z]+(?:[._:/ -][A-Za-z]+)*$/.test(value) && (isWordy(value) || value.length < 12)
  );
}

function isCode(value: string): boolean {
  return (
    (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value) && isWordy(value)) ||
    (/[(){}[\]]/.test(value) && !/\d.*\d/.test(value.replace(/\(.*/, ''))) ||
    (/^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+[,;]?$/.test(value) && !isRandom(value, 24)) ||
    /^[A-Za-z_$][\w$]*(?:\(|\[|::|->|=>)/.test(value) ||
    value.split(/[|&+*/?<>!,.;=]/).every((one) => one === '' || isFiller(one.replace(/\d+$/, '') || one))
  );
}

function isOnItsLine(value: string, kind: SecretKind): boolean {
  if (/^[A-Za-z_$]+$/.test(value)) return kind === 'password' && value.length >= 8 && /^(?:[a-z]+|[A-Z]+)$/.test(value);
  if (/^[\w$]+$/.test(value))
    return kind === 'password'
      ? /\d/.test(value)
      : isRandom(value, 12) || /^[0-9a-f]{16,}$/i.test(value) || (value.match(/\d+/g)?.length ?? 0) > 1;
  if (kind === 'password') return true;
  return /\d/.test(value) && value.length >= 8 && !isWordy(value);
}

function isNearby(value: string, kind: SecretKind): boolean {
  if (isRandom(value)) return !/^[\w$]+$/.test(value) || isRandom(value, 16);
  if (kind !== 'password')
    return (
      /^[0-9a-f]{20,}$/i.test(value) ||
      (/[-+/=~]/.test(value) && value.length >= 12 && (value.match(/\d+/g)?.length ?? 0) > 1)
    );
  if (/^[\w$]+$/.test(value)) return /[A-Za-z]/.test(value) && /\d/.test(value);
  return value.length >= 8 && /[A-Za-z]/.test(value) && /[\d!@#%^&*~]/.test(value);
}

function isMarker(value: string): boolean {
  return /^\[redacted(?:: [^\]\n]{1,80}\])?/.test(value);
}

/** In prose, where nothing is assigned: only what cannot be a hash or an identifier. */
export function isRandomInProse(value: string): boolean {
  return isRandom(value) && !isHashOrId(value) && !isFiller(value) && !/^(?:https?:|\/|\.)/.test(value);
}
