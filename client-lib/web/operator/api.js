// /api/v1 with the operator's token, which is kept for this tab alone and never stands in an address.
const KEPT = 'aula.operator-token';
const WAIT_MS = 8000;

let token = null;
try { token = sessionStorage.getItem(KEPT); } catch { /* a browser that keeps nothing: it is asked for */ }

export const hasToken = () => token !== null;

export function setToken(words) {
  token = words;
  try { if (words === null) sessionStorage.removeItem(KEPT); else sessionStorage.setItem(KEPT, words); } catch { /* asked for again next time */ }
}

// {status, body, rights}; status 0: there was no answer.
async function call(path, how = {}) {
  try {
    const answer = await fetch(`/api/v1${path}`, { ...how, cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(WAIT_MS), headers: { authorization: `Bearer ${token}`, ...how.headers } });
    const body = await answer.json();
    return { status: answer.status, body, rights: (answer.headers.get('aula-rights') ?? '').split(/[ ,]+/).filter(Boolean) };
  } catch {
    return { status: 0, body: {}, rights: [] };
  }
}

export const look = (session) => call(`/top${session ? `?session=${encodeURIComponent(session)}` : ''}`);

// Something is done once, however often the network says it.
export function act(session, verb, body = {}) {
  const headers = { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() };
  return call(`/sessions/${encodeURIComponent(session)}/${verb}`, { method: 'POST', headers, body: JSON.stringify(body) });
}
